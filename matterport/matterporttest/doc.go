// Package matterporttest emulates Matterport: for tests, for demonstrations and for development without
// an Enterprise account. It is to the client in package matterport what net/http/httptest is to net/http.
//
// A [Server] is an [net/http.Handler]. Under [NewServer] it lives as long as a test does; a program may
// serve it like any other handler. It answers
//
//   - POST /api/oauth/token, the token endpoint (client credentials in the body, nothing else);
//   - POST /api/models/graph, the Model API: a real GraphQL parser and validator over the embedded
//     schema.graphql, so that a misspelt field or a secret spliced into the query text is refused here
//     as it would be at Matterport;
//   - GET /show, a stand-in for Showcase that speaks the SDK's handshake, counts its token's life down
//     and goes dark when the token expires or is revoked;
//   - GET /sdk.es6.js, and the same under /showcase-sdk/: an ES module with a compatible connect;
//   - GET /thumb/MODEL.svg, a drawing for each model.
//
// What goes wrong at Matterport goes wrong here when [Server.Fail] says so. What is known of Matterport,
// and from where, is written down in MATTERPORT.md. Where that is silent the emulator takes the strict
// side: it is better that a client fails in a test than at a customer's.
//
// It is not a security boundary. Thumbnails are open to anyone, the SDK key stands in the page, and no
// page's origin is compared with it.
package matterporttest
