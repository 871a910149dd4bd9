import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** Both are PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * Creates a self-signed certificate for 127.0.0.1 and localhost, with its own key, for stand-ins on loopback,
 * because Azure's clients send tokens only over https. A child process trusts it through NODE_EXTRA_CA_CERTS, a
 * client in the same process through its `tlsOptions: { ca }`.
 *
 * Node can read certificates but not create them. Building the DER here avoids a package with twenty dependencies.
 * The dates are fixed, because the key lives no longer than the process.
 */
export function makeCertificate(): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(set(sequence(commonName, der(0x0c, Buffer.from("localhost")))));
  const body = sequence(
    der(0xa0, integer(Buffer.of(2))), // version 3
    integer(Buffer.concat([Buffer.of(0x01), randomBytes(15)])), // a leading 1 keeps it positive
    sequence(ecdsaWithSha256),
    name,
    sequence(utcTime("200101000000Z"), utcTime("491231235959Z")),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(
      0xa3,
      sequence(extension(subjectAltName, alternatives), extension(basicConstraints, anchor)),
    ),
  );
  const signature = sign("sha256", body, privateKey);
  const whole = sequence(body, sequence(ecdsaWithSha256), bitString(signature));
  return {
    cert: pem("CERTIFICATE", whole),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** Object identifiers of X.509, already encoded. */
const ecdsaWithSha256 = Buffer.from("06082a8648ce3d040302", "hex");
const commonName = Buffer.from("0603550403", "hex");
const subjectAltName = Buffer.from("0603551d11", "hex");
const basicConstraints = Buffer.from("0603551d13", "hex");

const alternatives = sequence(
  der(0x82, Buffer.from("localhost")),
  der(0x87, Buffer.of(127, 0, 0, 1)),
);

/** It signs itself, so it must be an authority. */
const anchor = sequence(der(0x01, Buffer.of(0xff)));

function extension(id: Buffer, value: Buffer): Buffer {
  return sequence(id, der(0x04, value));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function set(...parts: readonly Buffer[]): Buffer {
  return der(0x31, ...parts);
}

function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes);
}

function utcTime(text: string): Buffer {
  return der(0x17, Buffer.from(text));
}

function bitString(bytes: Buffer): Buffer {
  return der(0x03, Buffer.of(0), bytes);
}

/** Tag, length, value. Nothing here is longer than 65,535 bytes. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  if (length < 0x80) {
    return Buffer.concat([Buffer.of(tag, length), value]);
  }
  const header = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...header), value]);
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
