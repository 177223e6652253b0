// Package selector names spaces by what their owner calls them: an internal number, a folder, an address.
//
// A [Selector] stands where a rule of package access has a model ID. Package access/resolve asks Matterport which
// models it stands for. The answer is a [Resolution].
//
// Names and descriptions of spaces are not selectors: whoever may rename a space could grant access to it.
package selector
