import { isKnownName } from "../records/nameIndex.ts";
import { isEnvelopeName } from "../envelopes/peel.ts";
import { plainName } from "../records/plainName.ts";

/** The name of a column, without what portals and spreadsheets add to it. */
export interface ColumnName {
  /** As written, without surrounding blanks. */
  readonly text: string;
  /** The same without the zone. */
  readonly name: string;
  /** In lower case. It identifies the column. */
  readonly key: string;
  /** The zone in brackets after the name of a time: "UTC", "Local Time"; null without one. */
  readonly zone: string | null;
}

/** `TimeGenerated [UTC]`, `Date (UTC)`. */
const zoned = /^(date|timegenerated|createddatetime)\s*[[(](.+)[\])]$/i;

export function columnName(cell: string): ColumnName {
  const text = cell.trim();
  const [, bare = text, zone = null] = zoned.exec(text) ?? [];
  const name = bare.replaceAll(/\s+/g, " ");
  return { text, name, key: name.toLowerCase(), zone };
}

/** The number of matching columns needed. A single one may be chance. */
const enough = 2;

/** Reports whether columns are those of sign-ins, or of a log that may contain them as text. */
export function isSignInHeader(names: readonly ColumnName[]): boolean {
  const known = new Set(names.filter(({ name }) => isKnownName(name)).map(({ key }) => key));
  return (
    known.size >= enough ||
    (names.length >= enough && names.some(({ name }) => isEnvelopeName(name)))
  );
}

/** The Entra portal's names for an account, an address or a request in other languages, as plain names. */
const otherLanguages: ReadonlyMap<string, string> = new Map(
  (
    [
      ["French", "Nom d'utilisateur", "Nom d’utilisateur", "Adresse IP", "ID de la demande"],
      ["German", "Benutzername", "IP-Adresse", "Anforderungs-ID", "Benutzer-ID"],
      ["Spanish", "Nombre de usuario", "Dirección IP", "Id. de solicitud"],
      ["Italian", "Nome utente", "Indirizzo IP", "ID richiesta"],
      ["Portuguese", "Nome de usuário", "Nome de utilizador", "Endereço IP", "ID da solicitação"],
      ["Dutch", "Gebruikersnaam", "IP-adres", "Aanvraag-id"],
      ["Polish", "Nazwa użytkownika", "Identyfikator żądania"],
      ["Swedish", "Användarnamn", "IP-adress"],
      ["Danish", "Brugernavn"],
      ["Norwegian", "Brukernavn"],
      ["Finnish", "Käyttäjänimi"],
      ["Czech", "Uživatelské jméno"],
      ["Hungarian", "Felhasználónév"],
      ["Turkish", "Kullanıcı adı", "IP adresi"],
      ["Russian", "Имя пользователя", "IP-адрес"],
      ["Japanese", "ユーザー名", "IP アドレス"],
      ["Chinese", "用户名", "IP 地址", "使用者名稱", "IP 位址"],
      ["Korean", "사용자 이름", "IP 주소"],
    ] as const
  ).flatMap(([language, ...names]) => names.map((name) => [plainName(name), language] as const)),
);

/** Returns the language of a header, if it is known and not English. */
export function otherLanguage(names: readonly ColumnName[]): string | null {
  const found = names.map(({ name }) => otherLanguages.get(plainName(name)));
  return found.find((language) => language !== undefined) ?? null;
}
