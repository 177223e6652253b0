// Package resolve asks Matterport which spaces the selectors of an allow-list stand for.
//
// A [Resolver] does so beside the requests, every few minutes, and puts what it has found in force with
// [access.Selecting]. Package pme makes one for its policy by itself.
//
// # Who grants access by it
//
// Whoever may move spaces between folders at Matterport, or change their internal numbers or addresses, grants and
// withdraws access where rules have selectors. Names and descriptions select nothing.
//
// # What it promises
//
//   - A new grant is in force within one interval, a withdrawal within one interval and half a minute.
//   - A look lists the account once, 1,000 spaces a call, one call after the other. If rules name folders, one
//     call more reads their tree. No request of a user waits for it.
//   - If a look fails, what the last good one has found stays in force. The failure is logged once, and health shows it.
//   - A space that is missing where it was found before is withdrawn after a second look, 30 seconds later: lists of a search engine
//     can be incomplete for a moment.
//   - An internal number that two spaces have selects neither, and a path that two folders have selects neither. Rules that
//     exclude such a selector exclude both. A rule that excludes what does not exist at Matterport grants nothing: a folder may have
//     been renamed.
//   - What was found last can be stored in a file, so that a restart needs no look at once.
//
// # What is guessed
//
// Matterport documents the fields of its models, but not all that this package relies on: that a list of models has their
// internalId, address and folders, and that client credentials may read folders, which belong to an extension. If folders are
// refused, a look says so once and goes on without them: model IDs, internal numbers and addresses in the same list work.
package resolve
