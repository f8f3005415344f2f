# The gateway as an image: built where the tools are, run where they are not.
# npm run prove:image plays these instructions without a container; test/process/dockerfile.test.ts holds their rules.

# On the machine that builds, whatever the image is for: what comes out is JavaScript, and compiled code that another kind of
# processor leaves unused.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS build
WORKDIR /app
# The lock file first: as long as it stays, so does the layer with everything installed from it.
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY build ./build
COPY graphiql ./graphiql
COPY src ./src
RUN npm run build

FROM node:24-bookworm-slim
# Reachable from outside, as a container has to be, and so only for callers with a key of GATEWAY_KEYS.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 CALLER_AUTH=keys
WORKDIR /app
# What GraphiQL opens with, where it is switched on.
COPY examples ./examples
# Says that the files of dist are modules.
COPY package.json ./
# The program with its packages and their licences; nothing is installed here.
COPY --from=build /app/dist ./dist
USER node
EXPOSE 4000
STOPSIGNAL SIGTERM
# Alive, not ready: a container is not replaced because Aurora is down or the budget is spent.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["node", "--eval", "fetch('http://127.0.0.1:' + process.env.PORT + '/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Not through npm, which would stand between the server and SIGTERM. With one thread of V8 beside the event loop, in place of four:
# they would compete with it for the processor.
CMD ["node", "--v8-pool-size=1", "dist/main.js"]
