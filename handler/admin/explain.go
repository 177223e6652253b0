package admin

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/rescue"
)

// An explained is the policy's answer about one user and one model.
type explained struct {
	User        asked              `json:"user"`
	Model       model              `json:"model"`
	Explanation access.Explanation `json:"explanation"`

	Asked bool   `json:"-"` // there is an explanation
	Known bool   `json:"-"` // the user is as they were signed in
	Table *table `json:"-"`
}

// Text is the reason, for the page.
func (e explained) Text() string { return legible(e.Explanation.Text) }

// File is where the rules come from, for the page.
func (e explained) File() string { return legible(e.Explanation.File) }

// An asked is the user that the policy is asked about.
type asked struct {
	ID       string   `json:"id"`
	Email    string   `json:"email,omitempty"`
	Verified bool     `json:"email_verified,omitempty"`
	Groups   []string `json:"groups,omitempty"`
	Omitted  int      `json:"omitted_groups,omitempty"`
}

// explain asks the policy about a user as the query describes them. If it gives the ID alone, the user is as one of their live
// tokens has them, if there is one.
func (a *Admin) explain(w http.ResponseWriter, r *http.Request, u *identity.User) {
	query := r.URL.Query()
	out := explained{User: asked{ID: query.Get("user")}, Model: model{ID: query.Get("model")}}
	switch {
	case query.Has("email") || query.Has("groups") || query.Has("verified"):
		out.User.Email, out.User.Verified, out.User.Groups = query.Get("email"), query.Get("verified") == "1", groupsIn(query)
	case out.User.ID != "":
		out.Known = a.fill(r, &out.User)
	}
	if out.Asked = out.User.ID != "" && out.Model.ID != ""; !out.Asked {
		if !answer.WantsPage(r) {
			a.refuse(w, r, malformed)
			return
		}
		a.show(w, r, "explain", "Explain", out)
		return
	}
	out.Model = a.modelsOf([]string{out.Model.ID})[0]
	why, err := a.whyFor(r.Context(), out.User, out.Model.ID)
	if err != nil {
		why = access.Explanation{Reason: "error"}
		why.Text = "the policy has failed, so the answer is no"
		a.refused(r, u, "error", "explain: "+err.Error())
	}
	out.Explanation, out.Table = why, newTable(why)
	detail := "refused"
	if why.Allowed {
		detail = "allowed"
	}
	a.acted(r, u, event.Event{Reason: "explain", User: out.User.ID, Models: []string{out.Model.ID}, Detail: detail, Policy: why.Hash})
	a.show(w, r, "explain", "Explain", out)
}

// fill describes the user as the newest of their live tokens does.
func (a *Admin) fill(r *http.Request, to *asked) bool {
	s, err := a.live.get(r.Context())
	if err != nil {
		return false
	}
	mine := s.ofUser(to.ID)
	if len(mine) == 0 {
		return false
	}
	u := mine[0].User()
	if u == nil {
		return false
	}
	to.Email, to.Verified, to.Groups, to.Omitted = u.Email, u.EmailVerified, u.Groups, u.OmittedGroups
	return true
}

// groupsIn reads groups, one a line or one a field.
func groupsIn(query url.Values) (groups []string) {
	for _, field := range query["groups"] {
		for line := range strings.Lines(field) {
			if line = strings.Trim(line, "\r\n"); line != "" {
				groups = append(groups, line)
			}
		}
	}
	return groups
}

// whyFor asks the policy. A panic of it is an error.
func (a *Admin) whyFor(ctx context.Context, who asked, model string) (why access.Explanation, err error) {
	defer rescue.Into(a.cfg.Logger, "the policy", &err)
	u := &identity.User{ID: who.ID, Email: who.Email, EmailVerified: who.Verified, Groups: who.Groups, OmittedGroups: who.Omitted}
	return access.Explain(ctx, a.cfg.Policy, u, model)
}

// A table has a row for each rule and a column for each kind of criterion.
type table struct {
	Kinds []string
	Rows  []row
}

type row struct {
	Number, Line int
	Verdict      string // match, nearly, no
	If           string
	Cells        []cell
}

// A cell is one criterion: a hit, a miss, or a may, which would be a hit if something were different.
type cell struct {
	Verdict string // hit, may, miss; empty: the rule says nothing of the kind
	Wants   []string
	More    int
	If      string
}

// newTable returns nil if no rule was asked.
func newTable(why access.Explanation) *table {
	if len(why.Rules) == 0 {
		return nil
	}
	t := new(table)
	for _, kind := range []string{"users", "emails", "domains", "groups", "models", "from", "until"} {
		for _, kind := range []string{kind, "except." + kind} {
			if slices.ContainsFunc(why.Rules, func(r access.RuleExplanation) bool { return criterion(r, kind) != nil }) {
				t.Kinds = append(t.Kinds, kind)
			}
		}
	}
	for _, r := range why.Rules {
		out := row{Number: r.Number, Line: r.Line, Verdict: "no", If: legible(r.If)}
		switch {
		case r.Matched:
			out.Verdict = "match"
		case r.If != "":
			out.Verdict = "nearly"
		}
		for _, kind := range t.Kinds {
			out.Cells = append(out.Cells, newCell(criterion(r, kind)))
		}
		t.Rows = append(t.Rows, out)
	}
	return t
}

func criterion(r access.RuleExplanation, kind string) *access.Criterion {
	for i := range r.Criteria {
		if r.Criteria[i].Kind == kind {
			return &r.Criteria[i]
		}
	}
	return nil
}

func newCell(c *access.Criterion) cell {
	if c == nil {
		return cell{}
	}
	out := cell{More: c.More, If: legible(c.If)}
	for _, want := range c.Wants {
		out.Wants = append(out.Wants, legible(want))
	}
	switch {
	case c.Hit:
		out.Verdict = "hit"
	case c.If != "":
		out.Verdict = "may"
	}
	out.Verdict = cmp.Or(out.Verdict, "miss")
	return out
}
