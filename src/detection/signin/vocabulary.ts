/** Words of Microsoft's MFA texts, both known ones and those a new text may use. No person's name is among them. */
const words = `
a access account action active actively ad after again all already an and another answer answered any app
application approval approve approved are as at attempt attempts authenticate authenticating authentication
authenticator azure b2b be because before biometric blocked bluetooth broker browser but by by-pass call can't
canceled cancelled certificate challenge claim claims cloud code codes com complete completed completing conditional
conditions configuration configured consent context correct could couldn't credential dashboard day days decided
declined denied device devices did didn't disabled does doesn't doing don't due duplicate during email enabled end
ended enter entered entering entra error exceeded exercised expired external factor fail failed failing failure fido
fido2 fingerprint first flow for format found fraud from future gesture get given guest had hardware has hasn't have
haven't hello hung id identity in in-progress incorrect input interactive interrupted invalid is isn't issue its key
keys kmsi last later legacy limit location locked log login long made many may method methods mfa microsoft
misconfiguration missed mobile more multi multi-factor multifactor never new no none not nothing notification
notifications now number oath of off office on once one onprem option or other out outside page pass passkey
passkeys password passwordless phone phonecall pin platform policies policy previously primary privileged process
progress prompt prompted prompts proof proofup protection provided provider push qr reach reached reason received
redirected refused registered registration reject rejected remembered report reported request requested required
requirement respond responded response result retry risk same satisfied scan screen second secret secure security
select selected send sending sent server service session setup several sign sign-in signed signin skipped sms
software something step strong succeeding successfully support supported suspicious suspiciousactivityreported
system target temporary tenant text than that the their then they this threshold throttled time timed timeout times
to token too tried try unable unavailable unexpected unknown unreachable until up usage use used user user's users
using valid verification verified verify via voice voicemail waiting was wasn't went were when while who will
windows with within without won't work wrong yet you your
`;

const known: ReadonlySet<string> = new Set(words.trim().split(/\s+/));

const letterOrDigit = /[\p{L}\p{N}]/u;
const sentenceEnd = new Set([".", ":", "!", "?"]);

/**
 * Reduces a text to Microsoft's own words, for logs and health. Each run of other words becomes one ellipsis, so
 * that no name, address, number or id in an unforeseen text is ever shown.
 */
export function inKnownWords(text: string): string {
  const shown = text.replaceAll(/[\u2018\u2019]/g, "'").replaceAll(/[^\s,;()"]+/g, knownOrNot);
  return shown.replaceAll(/…(?:[\s,;.:!?]+…)+/g, "…").trim();
}

function knownOrNot(part: string): string {
  const end = sentenceEnd.has(part.slice(-1)) ? part.length - 1 : part.length;
  const word = part.slice(0, end);
  // A dash between two words is not a word.
  const isShown = known.has(word.toLowerCase()) || !letterOrDigit.test(word);
  return isShown ? part : `…${part.slice(end)}`;
}
