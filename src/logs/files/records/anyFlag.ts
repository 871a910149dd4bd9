/** Reads true or false as any exporter writes it. Other values are returned unchanged. */
export function readFlag(value: unknown): unknown {
  switch (typeof value === "string" ? value.trim().toLowerCase() : value) {
    case true:
    case 1:
    case "1":
    case "true":
    case "yes":
      return true;
    case false:
    case 0:
    case "0":
    case "false":
    case "no":
      return false;
    default:
      return value;
  }
}
