/** The path of the route that the router has found for this request, with its parameters as names; null where there is none. */
export function matchedRoute(context: object): string | null {
  // The router's own note; its types tell of it only to steps inside of it.
  const route: unknown = Reflect.get(context, '_matchedRoute');
  return typeof route === 'string' ? route : null;
}
