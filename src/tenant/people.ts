import { everyClient, type Client } from "./clients.ts";
import { offices, homeAddress, officeAddress, type Place } from "./places.ts";
import { randomOf } from "./random.ts";

export interface Person {
  readonly index: number;
  readonly displayName: string;
  /** As the directory spells it. Rows may differ in case. */
  readonly upn: string;
  readonly userId: string;
  readonly guest: boolean;
  readonly site: Place;
  readonly office: string;
  readonly home: string;
  readonly client: Client;
  readonly deviceId: string;
  readonly deviceName: string;
}

const givenNames =
  "Alice Bruno Chiara Daniel Elif Farid Greta Hugo Ines Jonas Keiko Lars Mina Noah Olga Pavel Qian Rosa Samir Tessa Umar Vera Willem Xenia Yusuf Zoe Anton Bianca Carlos Diana".split(
    " ",
  );
const familyNames =
  "Almeida Berger Castro Dubois Eriksen Ferrari Garcia Hansen Ivanov Jansen Keller Lindqvist Moreau Nakamura Okafor Petrov Quist Rossi Schmid Tanaka Urban Vogel Weber Xu Yilmaz Zhang Andersson Bauer Conti".split(
    " ",
  );

/** Every fifteenth person is a guest from the partner's tenant. */
export function isGuest(index: number): boolean {
  return index % 15 === 14;
}

/** Distinct for every index: 30 × 29 pairs, then a number. */
function nameOf(index: number): { given: string; family: string; number: string } {
  const round = Math.floor(index / givenNames.length);
  const given = givenNames[index % givenNames.length] ?? "Alice";
  const family = familyNames[(index + round * 2) % familyNames.length] ?? "Berger";
  const repeat = Math.floor(round / familyNames.length);
  return { given, family, number: repeat === 0 ? "" : String(repeat + 1) };
}

function upnOf(index: number): string {
  const { given, family, number } = nameOf(index);
  const name = `${given}.${family}${number}`.toLowerCase();
  if (isGuest(index)) {
    return `${name}_fabrikam.com#EXT#@contoso.onmicrosoft.com`;
  }
  return index % 10 === 7 ? `${name}@emea.contoso.com` : `${name}@contoso.com`;
}

/** Returns the index of a person's office, without creating the whole person. */
export function siteIndexOf(seed: number, index: number): number {
  return randomOf(seed, 5, index).below(offices.length);
}

export function personOf(seed: number, index: number): Person {
  const random = randomOf(seed, 1, index);
  const { given, family, number } = nameOf(index);
  const siteIndex = siteIndexOf(seed, index);
  return {
    index,
    displayName: number === "" ? `${given} ${family}` : `${given} ${family} (${number})`,
    upn: upnOf(index),
    userId: random.guid(),
    guest: isGuest(index),
    site: offices[siteIndex] ?? offices[0],
    office: officeAddress(siteIndex, random.below(4)),
    home: homeAddress(index),
    client: random.pick(everyClient),
    deviceId: random.guid(),
    deviceName: `CONTOSO-${String(10_000 + index)}`,
  };
}

/** Returns another spelling of the same identity, such as Alice.Berger@CONTOSO.com. */
export function respell(upn: string, variant: number): string {
  const at = upn.lastIndexOf("@");
  if (variant % 4 === 0) {
    return upn.toUpperCase();
  }
  if (variant % 4 === 1) {
    return upn.slice(0, at) + upn.slice(at).toUpperCase();
  }
  if (variant % 4 === 2) {
    return upn;
  }
  return (
    upn.slice(0, at).replaceAll(/(^|\.)[a-z]/g, (first) => first.toUpperCase()) + upn.slice(at)
  );
}
