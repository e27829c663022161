/** Who has opened App Home, ascending: `tables/homes.json`. It is private, and follows from nothing; lost, the next opening mends it. */
export interface Homes {
  version: 1;
  users: string[];
}
