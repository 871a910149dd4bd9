/** The places of people and attackers. All addresses are from documentation ranges. */
export interface Place {
  readonly city: string;
  readonly state: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  /** Hours to add to UTC. Summer time is left out on purpose. */
  readonly offsetHours: number;
  readonly network: string;
}

function place(
  city: string,
  state: string,
  country: string,
  [latitude, longitude]: readonly [number, number],
  offsetHours: number,
  network: string,
): Place {
  return { city, state, country, latitude, longitude, offsetHours, network };
}

export const offices: readonly [Place, ...Place[]] = [
  place("Amsterdam", "Noord-Holland", "NL", [52.374, 4.8897], 1, "64496"),
  place("Zurich", "Zuerich", "CH", [47.3667, 8.55], 1, "64497"),
  place("Seattle", "Washington", "US", [47.6035, -122.3295], -8, "64498"),
  place("Toronto", "Ontario", "CA", [43.6532, -79.3832], -5, "64499"),
  place("Singapore", "Central Singapore", "SG", [1.2897, 103.8501], 8, "64500"),
];

/** The attackers' hosting providers. Their AS numbers are also reserved for documentation. */
export const hostingPlaces: readonly [Place, ...Place[]] = [
  place("Frankfurt Am Main", "Hessen", "DE", [50.1103, 8.7147], 1, "64505"),
  place("Ashburn", "Virginia", "US", [39.0469, -77.4903], -5, "64506"),
  place("Bucharest", "Bucuresti", "RO", [44.4326, 26.104], 2, "64507"),
  place("Sao Paulo", "Sao Paulo", "BR", [-23.5505, -46.6333], -3, "64508"),
  place("Hanoi", "Ha Noi", "VN", [21.0245, 105.8412], 7, "64509"),
];

/** Sites own 203.0.113.0/24 in slices of sixteen addresses. */
export function officeAddress(site: number, host: number): string {
  return `203.0.113.${String((site % offices.length) * 16 + (host % 16) + 1)}`;
}

/** One household in four reaches the service over IPv6. */
export function homeAddress(person: number): string {
  if (person % 4 !== 3) {
    return `198.51.100.${String((person % 250) + 1)}`;
  }
  const high = (0x1000 + ((person >>> 12) & 0xfff)).toString(16);
  return `2001:db8:${high}:${(0x1000 + (person & 0xfff)).toString(16)}::${((person % 200) + 16).toString(16)}`;
}

export function attackerAddress(host: number): string {
  return `192.0.2.${String((host % 250) + 1)}`;
}
