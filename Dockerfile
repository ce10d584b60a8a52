# syntax=docker/dockerfile:1

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev

FROM dependencies AS build
COPY bridge bridge
COPY scripts/build.ts scripts/root.ts scripts/
COPY scripts/build scripts/build
RUN node scripts/build.ts

FROM node:24-bookworm-slim AS runtime
ENV NODE_ENV=production
WORKDIR /app
COPY package.json LICENSE NOTICE ./

# Stand-ins for HubSpot and Harvest, to try things out: docker compose --profile sandbox up
FROM runtime AS sandbox
COPY --from=dependencies /app/node_modules node_modules
COPY scripts/sandbox.ts scripts/
COPY test/sandbox test/sandbox
ENV SANDBOX_HOST=0.0.0.0
USER node
EXPOSE 8801 8802
CMD ["node", "scripts/sandbox.ts"]

FROM runtime AS bridge
# The one part that is no JavaScript; everything else that the bridge uses is in its bundle.
COPY --from=dependencies /app/node_modules/better-sqlite3/package.json node_modules/better-sqlite3/
COPY --from=dependencies /app/node_modules/better-sqlite3/LICENSE node_modules/better-sqlite3/
COPY --from=dependencies /app/node_modules/better-sqlite3/lib node_modules/better-sqlite3/lib
COPY --from=dependencies /app/node_modules/better-sqlite3/prebuilds node_modules/better-sqlite3/prebuilds
COPY --from=build /app/dist dist
COPY sync-rules sync-rules
# What Node compiles is kept in the image, so that every start is a quick one. Memory that one thread gave back serves the
# others, and what is free goes back to the machine.
ENV NODE_COMPILE_CACHE=/app/.compiled MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=65536 MALLOC_TRIM_THRESHOLD_=65536
# Everything that the bridge keeps is in /data; the rest of the file system may be read-only.
RUN install -d -o node -g node /data /app/.compiled
VOLUME /data
USER node
# By the user who starts it: Node keeps what it compiled for each of them.
RUN node --max-semi-space-size=6 --max-old-space-size=128 dist/bridge.mjs --help > /dev/null
ENV HOST=0.0.0.0 PORT=8484 DATABASE_PATH=/data/bridge.sqlite RULES_DIRECTORY=/app/sync-rules
EXPOSE 8484
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# docker run … check, status or trace run the other commands. The heap is kept small: Node by itself would rather take
# memory than tidy up.
ENTRYPOINT ["node", "--max-semi-space-size=6", "--max-old-space-size=128", "dist/bridge.mjs"]
CMD ["start"]
