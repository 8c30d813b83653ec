// The conformance table: what the suite in suite.ts checks, on what, and with which known exceptions. The suite holds every cell to it:
// what is refused must be refused, and a gap must still be one. `npm run docs` prints it into docs/storage.md.

export const rows = [
  { id: "round-trip", title: "`put`, `get`, `head`: content, size, ETag, version, type, metadata" },
  { id: "cache-control", title: "cache control is kept, by `copy` too" },
  { id: "bodies", title: "`put` from text, bytes, generators, Node and web streams, empty ones too" },
  { id: "large", title: "`put` of a stream in parts, read back byte for byte" },
  { id: "keys", title: "keys with unicode, spaces and `#?%+&<>\"'`, also in lists; `a` beside `a/b`" },
  { id: "bad-keys", title: "keys that are not portable are refused" },
  { id: "missing", title: "a missing object: NOT_FOUND, `exists`, `delete` all the same" },
  { id: "range", title: "`get` of a range; behind the end refused" },
  { id: "read-conditions", title: "`get` with `ifMatch`, `ifNoneMatch`" },
  { id: "if-absent", title: "`put` with `ifAbsent`" },
  { id: "if-version", title: "`put` with `ifVersion`" },
  { id: "large-conditions", title: "the same in parts" },
  { id: "create-race", title: "twenty creators with `ifAbsent`: one winner" },
  { id: "lost-update", title: "twenty increments with `ifVersion`: none is lost" },
  { id: "delete-version", title: "`delete` with `ifVersion`" },
  { id: "delete-many", title: "`deleteMany`" },
  { id: "list", title: "`list` with `prefix` and `delimiter`" },
  { id: "list-pages", title: "`list` in pages, resumed by `after`, in order" },
  { id: "copy", title: "`copy` with type and metadata" },
  { id: "overwritten-read", title: "an object that is overwritten while it is read" },
  { id: "signed-get", title: "`signedUrl` to GET" },
  { id: "signed-get-type", title: "`signedUrl` to GET, with another content type" },
  { id: "signed-put", title: "`signedUrl` to PUT" },
  { id: "signed-type", title: "`signedUrl` to PUT, held to a content type" },
  { id: "signed-expired", title: "an expired URL is refused" },
  { id: "signed-tampered", title: "a tampered URL, and one for another method, is refused" },
  { id: "aborted", title: "an aborted signal ends every operation" },
];

const signing = ["signed-get", "signed-get-type", "signed-put", "signed-type", "signed-expired", "signed-tampered"];

export const columns = {
  memory: { provider: "memory", server: "none", refuses: signing, gaps: {} },
  file: { provider: "file system", server: "none", refuses: signing, gaps: {} },
  fakeS3: { provider: "S3", server: "own fake", refuses: [], gaps: {} },
  fauxqs: {
    provider: "S3",
    server: "fauxqs 1.9.2",
    refuses: [],
    gaps: {
      "cache-control": "drops it",
      "signed-get-type": "keeps the stored type",
      "if-absent": "ignores conditional writes",
      "if-version": "ignores conditional writes",
      "large-conditions": "ignores conditional writes",
      "create-race": "ignores conditional writes",
      "lost-update": "ignores conditional writes",
      "delete-version": "ignores conditional deletes",
      "signed-expired": "does not look at the expiry",
      "signed-tampered": "does not look at the signature",
      "signed-type": "does not look at the signature",
    },
  },
  azurite: { provider: "Azure Blob", server: "Azurite 3.35.0", refuses: ["signed-type"], gaps: {} },
  fakeGcs: { provider: "Cloud Storage", server: "own fake", refuses: [], gaps: {} },
};
