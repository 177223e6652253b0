package admin

import (
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/displayname"
	"github.com/go-pme/pme/pages"
)

// view is Page.Data in every page.
type view struct {
	Tabs []tab
	Head string
	Body any
}

type tab struct {
	Name, URL string
	Here      bool
}

// show answers a person with a page, and everyone else with body in JSON.
func (a *Admin) show(w http.ResponseWriter, r *http.Request, name, head string, body any) {
	if !answer.WantsPage(r) {
		answer.Value(w, body)
		return
	}
	page := a.standalone(r)
	page.Style += style
	page.Title = head + " · Administration · " + page.Title
	page.Data = view{Tabs: a.tabs(name), Head: head, Body: body}
	a.pages.Show(w, r, http.StatusOK, "admin-"+name+".html", page)
}

// tabs are the pages. here is the name of the template of one.
func (a *Admin) tabs(here string) (tabs []tab) {
	for _, t := range []struct{ at, template, name string }{
		{"", "tokens", "Live tokens"},
		{"explain", "explain", "Explain"},
		{"connections", "connections", "Connected accounts"},
		{"health", "health", "Health"},
		{"events", "events", "Events"},
	} {
		if _, ok := a.routes[t.at]; ok {
			tabs = append(tabs, tab{t.name, "./" + t.at, t.template == here})
		}
	}
	return tabs
}

// standalone is what a page is filled with. No page is shown in a frame, of this site or another.
func (a *Admin) standalone(r *http.Request) pages.Page {
	page := a.pages.Standalone(r)
	page.Unframed = true
	return page
}

// refuse answers a person with a page, and everyone else in JSON.
func (a *Admin) refuse(w http.ResponseWriter, r *http.Request, out answer.Refusal) {
	if answer.WantsPage(r) {
		a.pages.Refuse(w, r, out, a.standalone(r))
		return
	}
	out.Write(w)
}

// A person is a user as the pages name them.
type person struct {
	ID    string `json:"id"`
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
}

func newPerson(id string, u *identity.User) person {
	p := person{ID: id}
	if u != nil {
		p.Name, p.Email = displayname.Clean(u.Name), displayname.Clean(u.Email)
	}
	return p
}

// Shown is the ID without what could disguise it.
func (p person) Shown() string { return displayname.Clean(p.ID) }

// A model is a space or a view, and what it is called if that is known.
type model struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// Shown is the name, or the ID.
func (m model) Shown() string {
	if m.Name != "" {
		return m.Name
	}
	return displayname.Clean(m.ID)
}

func (a *Admin) modelsOf(ids []string) []model {
	models := make([]model, len(ids))
	for i, id := range ids {
		models[i] = model{id, a.cfg.Catalog.Name(id)}
	}
	return models
}

// legible returns a text of any length without what could disguise the text around it.
func legible(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) {
			return -1
		}
		return c
	}, text)
}

// fingerprint tells the sessions of a user apart, and is no session.
func fingerprint(user, session string) string {
	if session == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(strconv.Quote(user) + strconv.Quote(session)))
	return hex.EncodeToString(sum[:6])
}

// A cut is a page of a long list.
type cut struct {
	Number int `json:"page"`
	Last   int `json:"pages"`
	Total  int `json:"total"`

	query url.Values
	size  int
}

// cutAt returns the page that the query asks for, or the nearest one.
func cutAt(query url.Values, total, size int) cut {
	number, _ := strconv.Atoi(query.Get("page"))
	last := max(1, (total+size-1)/size)
	return cut{Number: min(max(number, 1), last), Last: last, Total: total, query: query, size: size}
}

func (c cut) from() int { return (c.Number - 1) * c.size }

func (c cut) to() int { return min(c.Number*c.size, c.Total) }

// Before and After lead to the pages beside this one; empty: there is none.
func (c cut) Before() string { return c.link(c.Number - 1) }

// After is like Before.
func (c cut) After() string { return c.link(c.Number + 1) }

func (c cut) link(number int) string {
	if number < 1 || number > c.Last {
		return ""
	}
	query := make(url.Values)
	for name, values := range c.query {
		query[name] = values
	}
	query.Set("page", strconv.Itoa(number))
	return "?" + query.Encode()
}

// A moment is a time in a page.
type moment struct{ time.Time }

// HTML is the time for people and for programs, in UTC.
func (m moment) HTML() template.HTML {
	if m.IsZero() {
		return ""
	}
	at := m.UTC()
	return template.HTML(`<time datetime="` + at.Format(time.RFC3339) + `">` + at.Format("2006-01-02 15:04:05") + ` UTC</time>`) //nolint:gosec // digits
}
