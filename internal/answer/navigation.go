package answer

import (
	"net/http"
	"strings"
)

// Four questions about who asks. A gate may redirect only what [IsNavigation] reports. An address that has a
// page beside its JSON, and one that has nothing, show a page if [WantsPage] says so. An address that has
// a page only refuses in JSON if [IsScript] says so. A form that both a page and a script may send is
// answered in JSON if [WantsJSON] says so.
//
// Browsers send fetch metadata (https://www.w3.org/TR/fetch-metadata/) to secure origins only. Without
// it, all go by the Accept header.

// IsNavigation reports whether a person is opening a page in the browser's window, by GET, so that a
// redirect to a login page is of use to them.
//
// Frames do not count: most login pages refuse to be framed, and one that does not would sign the
// person in inside another site's page. Without fetch metadata, a request that accepts HTML and has no
// X-Requested-With counts.
func IsNavigation(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	mode, dest := r.Header.Get("Sec-Fetch-Mode"), r.Header.Get("Sec-Fetch-Dest")
	if mode != "" || dest != "" {
		return mode == "navigate" && (dest == "document" || dest == "")
	}
	return r.Header.Get("X-Requested-With") == "" && acceptsHTML(r.Header)
}

// WantsPage reports whether the answer is to be shown to a person: in the browser's window, or in a
// frame. It does not look at the method. Without fetch metadata, a request that accepts HTML and has no
// X-Requested-With counts.
func WantsPage(r *http.Request) bool {
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" {
		return mode == "navigate"
	}
	return r.Header.Get("X-Requested-With") == "" && acceptsHTML(r.Header)
}

// IsScript reports whether a script has certainly sent the request. Without fetch metadata, X-Requested-With and
// an Accept header with JSON and without HTML tell it. A request that says nothing of the kind does not count.
func IsScript(r *http.Request) bool {
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" {
		return mode != "navigate"
	}
	return r.Header.Get("X-Requested-With") != "" || WantsJSON(r)
}

// WantsJSON reports whether a script has sent the request and reads JSON. A script that reads a page
// does not count, and neither does a request that accepts anything.
func WantsJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json") && !acceptsHTML(r.Header)
}

func acceptsHTML(h http.Header) bool {
	for _, accept := range h["Accept"] {
		if strings.Contains(strings.ToLower(accept), "text/html") {
			return true
		}
	}
	return false
}
