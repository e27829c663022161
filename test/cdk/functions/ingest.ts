/** Stands in for the real entry point where a test needs a stack but no bundle. */
export const handler = async (): Promise<string> => 'ingest';
