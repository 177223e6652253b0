// Package control lets operators see and end what the running process does, over a Unix socket: live tokens, revoking, why a user
// may see a space, what the allow-list says, health, and the audit trail. It asks no identity provider, so it works while that is down.
//
// # Who may use it
//
// Whoever can connect to the socket may revoke. The socket has the mode 0600: the user of the process and root can connect. If its
// directory has the setgid bit, the socket belongs to the group of the directory and has the mode 0660: then the members of that group
// can connect as well.
//
// # Whom a client believes
//
// A client that believed every process at the path could be told by another user's that tokens were revoked. So it asks nothing unless
// the process runs as root, as this user or as the user who owns the directory (SO_PEERCRED; where the kernel does not tell, the owner
// and the mode of the socket count). Others must not be able to change the way to the socket: a directory on it that belongs to another
// user, or that others or its group can write to, is refused, by the client and by [Listen]. What root or this user has in a sticky
// directory above, such as /tmp, is fine. It is NOT checked whether the owner of the directory deserves it, nor what access control
// lists say.
//
// The kernel says which user has connected (SO_PEERCRED, on Linux). Every act emits an event with it, such as "uid 1000 (alice)",
// and revocations have it as their cause. It is NOT checked which person sits behind that user.
//
// # Protocol
//
// HTTP/1.1. A request is a POST of one JSON object to /v1/METHOD, with the header Pme-Control: 1, which no page of a browser and no
// form can send through a proxy that was pointed at the socket by mistake. The answer is one JSON object. Another version gets an
// answer that says which versions there are, so that the pme of an older release says what is wrong.
//
// Requests are bounded: 64 KiB, 10 seconds to be read, 16 connections, and 4 that are carried out at a time. A revocation that has
// begun goes on if the client leaves.
//
// No answer has a token, a session or another secret in it: a fingerprint is the beginning of a hash.
package control
