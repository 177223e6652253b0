package handler_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/handler"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/pages"
)

// lists are the gallery and the models of a catalog.
type lists struct {
	gallery *handler.Gallery
	models  http.Handler
}

func newLists(t *testing.T, change func(*catalog.Config)) lists {
	t.Helper()
	cfg := catalog.Config{Matterport: spaces(20), Policy: access.Func(func(context.Context, *identity.User, string) (bool, error) { return true, nil })}
	change(&cfg)
	c, err := catalog.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	look, err := pages.New(pages.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return lists{gallery: handler.NewGallery(c, look), models: handler.Models(c)}
}

func as(t *testing.T, person, target string) *http.Request {
	t.Helper()
	return httptest.NewRequestWithContext(identity.NewContext(t.Context(), &identity.User{ID: person}), http.MethodGet, target, nil)
}

func ask(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestTooManyListingsAreAnswered429(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLists(t, func(*catalog.Config) {})
		n := 0
		for n < 1000 && ask(l.gallery, as(t, "alice", "/")).Code == http.StatusOK {
			n++
		}
		if n < 100 || n == 1000 {
			t.Errorf("refused after %d galleries", n)
		}
		page, script := ask(l.gallery, as(t, "alice", "/")), ask(l.models, as(t, "alice", "/models"))
		for name, w := range map[string]*httptest.ResponseRecorder{"text/html": page, "application/json": script} {
			if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "1" || !strings.HasPrefix(w.Header().Get("Content-Type"), name) {
				t.Errorf("%d %v, want 429 in %s", w.Code, w.Header(), name)
			}
			if strings.Contains(w.Body.String(), "Space 0") {
				t.Error("spaces in a refusal")
			}
		}
		var refusal struct{ Error string }
		if err := json.Unmarshal(script.Body.Bytes(), &refusal); err != nil || refusal.Error != "temporarily_unavailable" {
			t.Errorf("%s: %v", script.Body, err)
		}
		_, err := l.gallery.Fragment(as(t, "alice", "/"), "/pme")
		if limit, ok := errors.AsType[*issuer.Error](err); !ok || !errors.Is(err, issuer.ErrRateLimited) || limit.RetryAfter <= 0 {
			t.Errorf("fragment: %v", err)
		}
		if w := ask(l.models, as(t, "bob", "/models")); w.Code != http.StatusOK {
			t.Errorf("bob is refused for what alice has spent: %d", w.Code)
		}
		time.Sleep(time.Second)
		if w := ask(l.gallery, as(t, "alice", "/")); w.Code != http.StatusOK {
			t.Errorf("%d after a second", w.Code)
		}
	})
}

func TestModelsFindsByAllWords(t *testing.T) {
	p := newPortal(t, nil)
	for query, want := range map[string]int{"": 3, "?q=": 3, "?q=OFFICE": 1, "?q=head+office": 1, "?q=office+warehouse": 0, "?q=" + showroom: 1} {
		if a := p.get(t, "root", "models"+query); len(a.Models) != want || a.Partial {
			t.Errorf("%s: %+v, want %d", query, a.Models, want)
		}
	}
}

func TestSearchCostsNoMoreQuestionsThanItHasMatches(t *testing.T) {
	asked := map[string]int{}
	p := newPortal(t, func(c *pme.Config) {
		c.Access = access.Func(func(_ context.Context, _ *identity.User, model string) (bool, error) {
			asked[model]++
			return true, nil
		})
	})
	for _, target := range []string{"?q=warehouse", "models?q=warehouse"} {
		clear(asked)
		p.get(t, "alice", target).want(t, http.StatusOK, "")
		if diff := cmp.Diff(map[string]int{warehouse: 1}, asked); diff != "" {
			t.Errorf("%s (-want +got):\n%s", target, diff)
		}
	}
}

func TestGalleryThatIsCutOffersToSearch(t *testing.T) {
	l := newLists(t, func(c *catalog.Config) { c.MaxChecks = 2 })
	body := ask(l.gallery, as(t, "alice", "/")).Body.String()
	if n := strings.Count(body, `href="view/`); n != 2 || !strings.Contains(body, `type="search"`) || !strings.Contains(body, "Search to find them") ||
		strings.Contains(body, "Reload the page") {
		t.Errorf("%d spaces in %s", n, body)
	}
	if body := ask(l.gallery, as(t, "alice", "/?q=000007")).Body.String(); !strings.Contains(body, "Space 000007") {
		t.Errorf("not found: %s", body)
	}
	if body := ask(l.models, as(t, "alice", "/models")).Body.String(); !strings.Contains(body, `"partial":true`) {
		t.Errorf("a list that is cut says that it is complete: %s", body)
	}
}

// dressed is an account with a name that would disguise itself, without end.
type dressed struct{}

func (dressed) Models(context.Context, matterport.ModelQuery) (*matterport.ModelPage, error) {
	return &matterport.ModelPage{Models: []matterport.Model{{ID: office, Name: "\u202e" + strings.Repeat("x", 100_000)}}}, nil
}

func TestLongNamesMakeNoLongAnswers(t *testing.T) {
	l := newLists(t, func(c *catalog.Config) { c.Matterport = dressed{} })
	for _, h := range []http.Handler{l.gallery, l.models} {
		if body := ask(h, as(t, "alice", "/")).Body.String(); len(body) > 5000 || strings.Contains(body, "\u202e") || !strings.Contains(body, "xxx…") {
			t.Errorf("%d bytes", len(body))
		}
	}
}

func TestManyListedModelsAreBounded(t *testing.T) {
	policy, err := access.List{{Users: []string{"alice"}, Models: manyModels(6000)}}.Policy()
	if err != nil {
		t.Fatal(err)
	}
	l := newLists(t, func(c *catalog.Config) { c.Policy = policy })
	var out struct {
		Models  []struct{}
		Partial bool
	}
	if err := json.Unmarshal(ask(l.models, as(t, "alice", "/models")).Body.Bytes(), &out); err != nil || len(out.Models) != 5000 || !out.Partial {
		t.Errorf("%d models, partial %v, %v; want 5000 of more", len(out.Models), out.Partial, err)
	}
}

func manyModels(n int) (models []string) {
	for i := range n {
		models = append(models, modelNumber(i))
	}
	return models
}
