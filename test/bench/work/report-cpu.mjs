// Loaded into a server that is measured: answers every message with the CPU time the process has used.
process.on("message", () => process.send(process.cpuUsage()));
