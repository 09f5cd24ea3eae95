// Returns every message; says on GET how many it returned and how many connections are open.
const http = require("node:http");
const { WebSocketServer } = require(process.argv[3]);

let messages = 0;
const server = http.createServer((_request, response) => {
  response.end(JSON.stringify({ messages, open: sockets.clients.size }));
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (message, isBinary) => {
    messages += 1;
    socket.send(message, { binary: isBinary });
  });
});
server.listen(Number(process.argv[2]), "127.0.0.1", 4096);
