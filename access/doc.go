// Package access decides who may see which model.
//
// A [Policy] answers the question for one person and one model. There are three ways to have one:
// a [List] written in code, the same list in a YAML file that is read again whenever it changes
// ([File]), and a function of the host application ([Func]). Each of them is a [Source].
// A [FuncUntil] is a function that also says when its grants end.
// A policy can implement optional interfaces: [BulkPolicy] answers for many models at once, [Namer] looks up one
// name, [Watcher] reports changes, [Explainer] gives reasons, [DatedPolicy] says when grants end, and [Selecting] has
// selectors. Package review answers questions about whole lists.
//
// # Rules that every policy here follows
//
//   - Nothing is allowed that no rule allows.
//   - A user who is nil or has no ID sees nothing. No rule, not even "*", allows a model whose ID is not
//     11 ASCII letters and digits. A view, which has an ID of 25, is allowed only by a rule with its ID.
//   - Empty strings match nothing: not an empty e-mail address, not an empty group.
//   - An e-mail address counts only when [identity.User.EmailVerified] is set.
//   - E-mail addresses and domains are compared without regard to ASCII letter case. Letters beyond ASCII
//     are compared as they are: MÜLLER@example.com and müller@example.com are two addresses.
//   - An internationalized domain has two spellings, bücher.example and xn--bcher-kva.example. An entry
//     with one of them, in lower case, matches both.
//   - User IDs and group names are compared byte by byte: letter case, spaces and Unicode forms all matter.
//   - A domain matches itself only, not its subdomains. An address that does not have exactly
//     one "@", or that has a space or a control character in it, matches no rule.
//   - If a policy returns an error, the caller must refuse.
//
// # Rules
//
// A rule names people (by user ID, e-mail address, domain or group) and models. It allows its models to every
// user who matches at least one of its entries. The model "*" stands for every model of the account. A selector, such
// as "folder:Plant 3/**", stands for the models that package resolve has found: see package selector. Until it is resolved, it
// stands for none. A rule
// without people or without models is an error, and so are empty and repeated entries, two rules with the
// same people, models, dates and exceptions, malformed model IDs and addresses, and one model with two display names.
//
// A rule can begin and end: it applies at [Rule].From, and not at [Rule].Until or later. What it excepts ([Except]) is taken away from
// what it grants, and from nothing else: neither the order of rules nor an exception affects other rules. Exceptions fail closed. They
// count for addresses that are not verified. They exclude all models that an ambiguous selector may mean. A rule that excepts a
// selector which is not resolved, or of which Matterport knows nothing, grants nothing.
//
// Rules are reviewed by people, so the text they see must be the rules in force. Control characters, line breaks and
// characters that change the order in which text is shown are errors in every entry and display name, and
// invisible characters are errors in every entry: two entries that look the same would mean different
// people. Joiners and variation selectors are allowed in emoji and in scripts that need them.
//
// Entries that can never match are errors too: with space around them; with a no-break space or another one
// that looks like a space; with "mailto:", angle brackets or a separator around an address; and with letters and
// their accents apart (Unicode's form NFD), where nearly all identity providers send them as one character (NFC).
// If a provider sends NFD after all, its users match no entry with such a letter, and [Explain] says so.
// If an entry contains a model ID but is not one, such as the address of a Showcase, the error names the ID in it.
//
// # The file
//
//	rules:
//	  - groups: [facilities]
//	    models: ["*"]
//	  - users: [alice]
//	    emails: [alice@example.com]
//	    domains: [example.com]
//	    models:
//	      - SxQL3iGyoDo
//	      - id: yyHDFKzPzvN
//	        name: Warehouse
//	      - folder: Plant 3/Hall 2
//	    from: 2026-12-01 Europe/Berlin
//	    until: 2026-12-31 Europe/Berlin
//	    except:
//	      groups: [contractors]
//
// The one key at the top is rules. A rule has the keys users, emails, domains, groups and models, each a
// list; a model is an ID, a selector, a mapping of id and, optionally, name, its display name, or a mapping of
// internalId, folder or address. "rules: []" allows nothing; an empty file is an error.
//
// The keys from and until take a time of RFC 3339, at which the rule begins or no longer counts, or a day and the name of its
// time zone. A rule begins with the first instant of the day from, and ends with the last one of the day until.
// The key except is a mapping of the same lists.
//
// [Schema] describes the file for editors.
//
// The file is read strictly. Besides the errors of any list, these are errors: unknown and repeated
// keys; numbers, dates, true, false and null where text is wanted, and days without a time zone (a user ID such as 007 needs quotes);
// anchors, aliases, merge keys and tags; a second YAML document; text that is not UTF-8; more than 1 MiB.
// These are errors everywhere, also in comments: control characters except tabs; characters that YAML, but not
// every editor, takes for a line break (U+2028, U+2029, U+0085, and CR without LF); characters that change the
// order in which text is shown, such as U+202E; and a byte order mark that is not at the beginning.
//
// Every problem is reported with its line. Lines end with LF or CR LF.
//
// # Explanations
//
// [Explain] says why a policy answers as it does: which rules match, and for each of a rule's lists, whether it
// matches the person or the model. A near miss says what would make it a hit: an e-mail address that is not
// verified or has spaces around it; a user ID or a group that differs from the rule's in letter case, spaces,
// accents or invisible characters only; an address in a subdomain of the rule's domain. Near misses are hints for the operator.
// They never allow anything, and a name that is nearly the same may belong to another person.
//
// An explanation is for operators, never for the person refused. See [Explanation] for what it contains.
package access
