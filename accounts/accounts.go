package handler

import (
	"cmp"
	"encoding/json"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/go-pme/pme/connect"
)

// ConnectConfig is what [Connect] is made of. Connections is required.
type ConnectConfig struct {
	Connections *connect.Connections

	Player Player           // as in [PagesConfig]
	Title  string           // of the pages; default: "Matterport accounts"
	Logger *slog.Logger     // default: nothing is logged
	Now    func() time.Time // default: time.Now

	// Strings are the words of the pages, and the sentences of errors also in JSON. Default: English.
	Strings Strings

	// Templates are as in [PagesConfig]. The pages are connect.html, connect-begin.html and
	// connect-done.html, with the part connect-form, beside view.html, signed-in.html and error.html.
	Templates *template.Template

	FrameAncestors []string // as in [PagesConfig]
	AllowedOrigins []string // as in [PagesConfig]; their pages may read the JSON answers, see [Connect.Behind]
}

// Connect answers everything that has to do with connected accounts, below one address. Have its prefix
// taken off, without the slash that follows it: it knows itself as "", its page as "/", and the others as
// "/token" and so on.
//
//	connect := c.Behind(gate.Require)
//	mux.Handle("/connect", http.StripPrefix("/connect", connect))
//	mux.Handle("/connect/", http.StripPrefix("/connect", connect))
//
// Addresses that begin with the ID of a connection are about that one. Without it the only one that the
// person has is meant, and several_connections is the answer where there are more:
//
//	GET    .           what the person has connected, in JSON; whoever opens it in the browser gets to the page
//	POST   .           begins an attempt to connect an account
//	DELETE .           forgets a connection: ?confirm=ID
//	GET    /           the page; its form posts to it
//	GET    /callback   where Matterport sends the browser back to
//	GET    /done       where that ends
//	GET    [/ID]/token  /link  /models  /settings  /view/{model}
//	GET    [/ID]/begin        a page that says what is asked for, and begins
//	GET    [/ID]/signed-in    where a popup of the browser module ends, or connects first
//	GET, POST, DELETE /ID     the same for one connection; POST connects it again
//
// The callback comes from Matterport's site, so the host's session cookie has to be SameSite=Lax: with Strict,
// the gate sends people to sign in on their way back.
//
// It serves the browser modules and the style of its pages as well: connect.js, pme.js, pme.css. Nothing
// else is answered without a person. It is safe for concurrent use.
type Connect struct {
	shell
	connections *connect.Connections
	now         func() time.Time
	cookies     attemptCookies
	sameOrigin  *http.CrossOriginProtection
	cors        func(http.Handler) http.Handler
	assets      map[string]http.Handler
	scopes      []ScopeText
	selector    string // the model selector's address
	authorize   string // the origin of the authorize page
	said        string // the script's words, in JSON
}

// NewConnect reports everything that is wrong with cfg.
func NewConnect(cfg ConnectConfig) (*Connect, error) {
	var errs []error
	if cfg.Connections == nil {
		errs = append(errs, errors.New("pme: the Connections of Connect are missing"))
	}
	shell, err := newShell(look{
		Player: cfg.Player, Title: cmp.Or(cfg.Title, cfg.Strings.withDefaults().Connect.Title), Logger: cfg.Logger, Strings: cfg.Strings,
		Templates: cfg.Templates, FrameAncestors: cfg.FrameAncestors, AllowedOrigins: cfg.AllowedOrigins,
	})
	errs = append(errs, err)
	cors, _ := CORS(cfg.AllowedOrigins) // newShell has reported the same
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	app := cfg.Connections.App()
	c := &Connect{
		shell:       *shell,
		connections: cfg.Connections,
		now:         cfg.Now,
		cookies:     newAttemptCookies(strings.HasPrefix(app.RedirectURL(), "https:")),
		sameOrigin:  http.NewCrossOriginProtection(),
		cors:        cors,
		scopes:      shell.cfg.Strings.Connect.scopes(cfg.Connections.App().Scopes()),
		selector:    app.SelectorURL(),
		authorize:   origin(app.AuthorizePage()),
	}
	script, style, connectScript := Script(), Style(), ConnectScript()
	c.assets = map[string]http.Handler{
		"/pme.js": script, "/" + ScriptName: script, "/pme.css": style, "/" + StyleName: style,
		"/connect.js": connectScript, "/" + ConnectScriptName: connectScript,
	}
	words, err := json.Marshal(shell.cfg.Strings.Connect.said())
	c.said = string(words)
	return c, err
}

// Behind puts c behind require, such as that of a middleware's gate, but for what is public: the assets,
// and what [CORS] answers to pages of the AllowedOrigins before anybody is asked for, who may read the JSON
// answers to GET.
func (c *Connect) Behind(require func(http.Handler) http.Handler) http.Handler {
	private := require(c)
	readable := c.cors(private)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at, _, _ := splitPath(r.URL.Path)
		switch {
		case c.assets[r.URL.Path] != nil:
			c.assets[r.URL.Path].ServeHTTP(w, r)
		case connectRoutes[at].readable:
			readable.ServeHTTP(w, r)
		default:
			private.ServeHTTP(w, r)
		}
	})
}
