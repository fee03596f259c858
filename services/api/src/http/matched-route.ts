/** The path of the route that the router has found for this request, with its parameters as names; null where there is none. */
export function matchedRoute(context: object): string | null {
  // The router notes it itself; its types declare it only for steps inside the router.
  const route: unknown = Reflect.get(context, '_matchedRoute');
  return typeof route === 'string' ? route : null;
}
