# One image for both services; the command chooses: `node services/api/src/main.ts` (the default) or
# `node services/issuer/src/main.ts`. It holds the tools too: `npm run -s accounts`, `audit` and `keys`. Needs no BuildKit. Runs as the user
# `node`, writes nothing, and handles signals itself as process 1.

FROM node:24-bookworm-slim AS base
WORKDIR /app
ENV NODE_ENV=production

# The manifests alone, so that a change of code does not install the dependencies anew.
FROM base AS manifests
COPY package.json package-lock.json .npmrc ./
COPY packages packages
COPY services services
COPY tools tools
RUN find packages services tools -type f ! -name package.json -delete

FROM base AS dependencies
COPY --from=manifests /app ./
RUN npm ci --omit=dev --no-audit --no-fund --no-update-notifier --loglevel=error \
 && npm cache clean --force --loglevel=error

FROM base
COPY --from=dependencies /app ./
COPY openapi.json ./
COPY packages packages
COPY services services
COPY tools tools
COPY scripts scripts

# The same admin port for both services, so that one health check serves both.
ENV PORT=3000 ADMIN_PORT=3001
EXPOSE 3000 3001

# The compiled modules, which a service that starts reads: Node looks for those that its own user has compiled. A service without
# settings ends as soon as its modules are there. They belong to root then, as all of /app: no service can write them.
ENV NODE_COMPILE_CACHE=/app/.compiled
RUN install -d -o node .compiled; \
    for service in api issuer; do \
      setpriv --reuid=node --regid=node --clear-groups node services/$service/src/main.ts >/dev/null 2>&1; \
    done; \
    test -n "$(ls .compiled/*/)" && chown -R root:root .compiled && chmod -R a=rX .compiled
USER node
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=4s --start-period=20s --retries=3 CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ADMIN_PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "services/api/src/main.ts"]
