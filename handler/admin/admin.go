package admin

import (
	"context"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/mount"
	"github.com/go-pme/pme/internal/sameorigin"
	"github.com/go-pme/pme/pages"
)

//go:embed templates/*.html
var files embed.FS

//go:embed assets/admin.css
var style template.CSS

var templates = template.Must(template.ParseFS(files, "templates/*.html"))

// Admin serves the pages. [New] makes one. Mount it behind a gate, under a prefix that is taken off. It is safe for concurrent
// use.
type Admin struct {
	cfg     Config
	pages   *pages.Pages
	origins *sameorigin.Check
	live    *live
	now     func() time.Time
	routes  map[string]page
}

// A page answers at one address. The user is an administrator.
type page struct {
	get  func(w http.ResponseWriter, r *http.Request, u *identity.User)
	post func(w http.ResponseWriter, r *http.Request, u *identity.User) // nil: only GET
}

// New makes an Admin. The error names every field that is missing. Call Close at the end.
func New(cfg Config) (*Admin, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	a := &Admin{cfg: cfg, pages: cfg.Pages.With(templates), origins: sameorigin.New(""), live: newLive(cfg.Issuer.Live, cfg.Logger), now: time.Now}
	a.routes = map[string]page{
		"":        {get: a.list},
		"revoke":  {a.askRevoke, a.revoke},
		"explain": {get: a.explain},
		"events":  {get: a.events},
	}
	if cfg.Connections != nil {
		a.routes["connections"] = page{a.connections, a.disconnect}
	}
	if cfg.Health != nil {
		a.routes["health"] = page{get: a.health}
	}
	return a, nil
}

// Close ends what runs in the background and waits for it. Closing twice is no error, and the error is always nil.
func (a *Admin) Close() error {
	a.live.close()
	return nil
}

// ServeHTTP answers administrators, and refuses all others.
func (a *Admin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	if out := a.judge(r, u); out != nil {
		a.refuse(w, r, *out)
		return
	}
	at, slash := strings.CutPrefix(r.URL.Path, "/")
	if at == "" && !slash && !strings.HasSuffix(mount.Path(r), "/") {
		answer.Redirect(w, "./"+path.Base(mount.Path(r))+"/", http.StatusTemporaryRedirect) // the links are relative
		return
	}
	p, ok := a.routes[at]
	switch {
	case !ok:
		a.refuse(w, r, answer.Nothing)
	case len(r.URL.RawQuery) > answer.MaxQuery:
		a.refuse(w, r, malformed)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		p.get(w, r, u)
	case r.Method == http.MethodPost && p.post != nil:
		a.change(w, r, u, p.post)
	case p.post != nil:
		a.pages.RefuseMethod(w, r, a.standalone(r), http.MethodGet, http.MethodPost)
	default:
		a.pages.RefuseMethod(w, r, a.standalone(r), http.MethodGet)
	}
}

// acted emits the event of what an administrator did. It fills in who, and the level.
func (a *Admin) acted(r *http.Request, u *identity.User, e event.Event) {
	e.Kind, e.Level, e.By = event.AdminActed, slog.LevelInfo, u.ID
	a.cfg.Events.Emit(event.Context(r), e)
}

// refused emits the event of a request that was not carried out.
func (a *Admin) refused(r *http.Request, u *identity.User, reason, detail string) {
	e := event.Event{Kind: event.RequestRefused, Level: slog.LevelWarn, Reason: reason, Detail: detail}
	if u != nil {
		e.User, e.Session = u.ID, u.Session
	}
	a.cfg.Events.Emit(event.Context(r), e)
}

// act is the context of work that an administrator has begun: it goes on if they close the page.
func act(r *http.Request, u *identity.User) (context.Context, context.CancelFunc) {
	ctx := event.WithCause(context.WithoutCancel(event.Context(r)), event.Cause{By: u.ID, Reason: "admin"})
	return context.WithTimeout(ctx, actTime)
}
