# One container that runs the challenge: `docker compose up -d`, see docs/running.md. What lies in /data is all that must be kept:
# til.config.ts, .env, log, state and queue. test/deploy/container.test.ts runs these steps in a clean folder.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc tsconfig.json ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY bin ./bin
COPY src ./src
COPY dashboard ./dashboard
RUN npm run build

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /til
COPY package.json package-lock.json ./
# The image's own Node.js is the one that the lock file would bring along.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --omit=optional
COPY bin ./bin
COPY src/projections/contract.ts ./src/projections/contract.ts
COPY --from=build /build/dist ./dist
RUN mkdir /data && chown node:node /data
# A container has a network of its own: compose.yaml says who reaches it.
ENV HOST=0.0.0.0 PORT=3000 TIL_LOG=file:/data/log TIL_STATE=file:/data/state TIL_QUEUE=file:/data/queue
WORKDIR /data
VOLUME /data
USER node
EXPOSE 3000
# Whether the process answers; a restart would mend nothing else. For alarms ask /healthz, see RUNBOOK.md.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz?live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/til/bin/til.mjs"]
CMD ["serve"]
