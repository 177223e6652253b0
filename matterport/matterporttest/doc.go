// Package matterporttest emulates Matterport: for tests, for demonstrations and for development without
// an Enterprise account. It is to the client in package matterport what net/http/httptest is to net/http.
//
// A [Server] is an [net/http.Handler]. Under [NewServer] it lives as long as a test does; a program may
// serve it like any other handler. It answers
//
//   - POST /api/oauth/token, the token endpoint, with the credentials in the body: client_credentials for
//     the first account's own client, authorization_code and refresh_token for the OAuth application;
//   - POST /api/models/graph, the Model API: a real GraphQL parser and validator over the embedded
//     schema.graphql, so that a misspelt field or a secret spliced into the query text is refused here
//     as it would be at Matterport;
//   - GET and POST /oauth/authorize, where the owner of an account is asked; [Server.Allow] and
//     [Server.Deny] answer without a browser;
//   - GET /model-select, the model selector, in a frame or a window of its own;
//   - GET and POST /account/ID/applications, where the owner of an account withdraws what was allowed;
//   - GET /show, a stand-in for Showcase that speaks the SDK's handshake, counts its token's life down
//     and goes dark when the token expires or is revoked;
//   - GET /sdk.es6.js, and the same under /showcase-sdk/: an ES module with a compatible connect;
//   - GET /thumb/MODEL.svg, a drawing for each model.
//
// It sends webhooks to the addresses that are registered by the Model API, when models are added, changed, removed or
// transferred, and when [Server.SendWebhook] says so.
//
// What goes wrong at Matterport goes wrong here when [Server.Fail] says so. What is known of Matterport,
// and from where, is written down in docs/matterport.md. Where that is silent the emulator takes the strict
// side: it is better that a client fails in a test than at a customer's.
//
// # What is guessed
//
// Of delegated access (docs/matterport.md §5) little more is documented than what a client sends and gets when
// all goes well. These are the emulator's own answers:
//
//   - Errors at the authorize page come back as in RFC 6749 §4.1.2.1: access_denied for an owner who does
//     not agree, unauthorized_client in Development Mode for any account but the application's own, and
//     for an application that is disabled. A request with an unknown client_id or redirect_uri is told
//     off on a page and sent nowhere.
//   - state does not come back, unless Config.EchoState says so. PKCE is honoured where a challenge is
//     sent, unless Config.IgnorePKCE says otherwise.
//   - The redirect_uri at the exchange is the one of the authorize request to the letter, its query
//     included, and left out where that one left it out. The scope at the exchange names nothing that was
//     not asked for. A code lives for ten minutes and is good once: a second use also voids what came of
//     the first.
//   - An owner may untick scopes. The answer's scope lists what was granted of what the exchange asks for.
//   - A refresh token that is younger than 24 hours does not come back from a refresh; an older one is
//     replaced, and stays good until its successor is used (or not: Config.StrictRotation). Its 30 days
//     begin when it is issued, and no refresh prolongs them.
//   - A grant's access token lets the queries of the Model API see the account's models, provided that it
//     has the scope ViewDetails, and none of the mutations; it opens those models in Showcase. One that is
//     over is answered as an application token that is: 400 and {"error":"invalid_grant"}.
//   - The stand-in for Showcase has six sweeps in a ring. Forward leads to the next and back to the previous
//     one, wherever the visitor looks. A walk takes 200 ms; meanwhile Sweep.current is the empty sweep and
//     Camera.pose the one of before. A turn is one of 30 degrees, and a turn to the left adds to rotation.y.
//   - ss counts sweeps from 1. One that does not exist is the first. sr is x and y, in radians, of Euler
//     angles in the order XYZ, while the SDK's rotation is in degrees and in the order YXZ. start is opaque
//     and does not move the visitor; sq and sm are not read.
//   - A deep link is the frame's own address with ss and sr of the place, percent-decoded as in the SDK. It
//     lacks auth and sq, and has whatever else the frame was opened with, the SDK key for example.
//   - lang sets the language that the page declares; its words stay English.
//   - The model selector counts a token without ViewDetails as unauthorized, and does not close its window.
//
// Of webhooks (docs/matterport.md §6) these are its own answers:
//
//   - An event is sent once, even if it does not arrive. It is sent before the method or the mutation that causes it returns.
//   - A credential of the type token is sent as a bearer token. It needs a credSecret; one of the type basic needs a credKey, too.
//   - A trial has the type ping, no modelId and an empty body. The mutation answers true even if the trial did not arrive.
//   - An event's version counts the events of its space from 1. webhookCustomKey is null.
//   - A webhook that does not exist is not.found. Registrations belong to the first account. A token of a grant may not
//     manage them.
//   - patchModelEventWebhookCallback does not exist.
//   - Credentials must be variables. What is registered is not checked for reaching anything, and plain http is accepted.
//     Only this machine is reached, unless Config.WebhookTransport is set.
//
// It is not a security boundary. Anybody may agree in the name of an account, thumbnails are open to
// anyone, the SDK key stands in the page, and no page's origin is compared with it.
package matterporttest
