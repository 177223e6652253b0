package handler_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/handler"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/pages"
)

// spaces is an account with so many models.
type spaces int

func (s spaces) Models(_ context.Context, q matterport.ModelQuery) (*matterport.ModelPage, error) {
	from, to, next := cutOut(q.Offset, q.PageSize, int(s))
	page := &matterport.ModelPage{Total: int(s), NextOffset: next}
	for n := from; n < to; n++ {
		page.Models = append(page.Models, matterport.Model{ID: modelNumber(n), Name: fmt.Sprintf("Space %06d", n*7919%int(s)), ThumbnailURL: "https://img.example/" + modelNumber(n)})
	}
	return page, nil
}

// cutOut returns where a page of an account begins and ends, and the offset of the next one.
func cutOut(offset string, size, all int) (from, to int, next string) {
	from, _ = strconv.Atoi(offset)
	if to = min(from+size, all); to < all {
		next = strconv.Itoa(to)
	}
	return from, to, next
}

func modelNumber(n int) string { return fmt.Sprintf("Model%06d", n) }

// listedModels is a list of so many models, a tenth of them under names of its own.
func listedModels(n int) access.List {
	rule := access.Rule{Groups: []string{"facilities"}, Names: make(map[string]string)}
	for i := range n {
		rule.Models = append(rule.Models, modelNumber(i))
		if i%10 == 0 {
			rule.Names[modelNumber(i)] = fmt.Sprintf("Hall %d", i)
		}
	}
	return access.List{rule}
}

// directory takes 100 µs for an answer.
func directory(asked *atomic.Int64) access.Func {
	return func(context.Context, *identity.User, string) (bool, error) {
		asked.Add(1)
		for start := time.Now(); time.Since(start) < 100*time.Microsecond; {
			continue // a sleep would take a millisecond
		}
		return true, nil
	}
}

func benchCatalog(b *testing.B, source access.Source, models int) *catalog.Catalog {
	b.Helper()
	policy, err := source.Policy()
	if err != nil {
		b.Fatal(err)
	}
	c, err := catalog.New(catalog.Config{Matterport: spaces(models), Policy: policy, Keep: time.Hour, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	if _, err := c.For(b.Context(), &identity.User{ID: "the first", Groups: []string{"facilities"}}); err != nil { // waits for Matterport
		b.Fatal(err)
	}
	return c
}

// asEverybody answers one request of another person each time, as the budgets are per person.
func asEverybody(b *testing.B, h http.Handler, target string) {
	b.Helper()
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, target, nil)
	s := &sink{header: make(http.Header, 8), status: http.StatusOK}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		clear(s.header)
		s.bytes = 0
		u := &identity.User{ID: strconv.Itoa(n), Groups: []string{"facilities"}}
		h.ServeHTTP(s, r.WithContext(identity.NewContext(r.Context(), u)))
		if s.status != http.StatusOK {
			b.Fatalf("status %d", s.status)
		}
	}
	b.ReportMetric(float64(s.bytes), "B/answer")
}

// BenchmarkListing is one request for a list of spaces, by policy and size of the account.
func BenchmarkListing(b *testing.B) {
	look, err := pages.New(pages.Config{})
	if err != nil {
		b.Fatal(err)
	}
	everything := access.List{{Groups: []string{"facilities"}, Models: []string{"*"}}}
	for _, bench := range []struct {
		name   string
		policy access.Source
		query  string
	}{
		{"Everything5000", everything, ""},
		{"Everything5000Search", everything, "?q=000123"},
		{"Listed50000", listedModels(50_000), ""},
		{"Listed50000Search", listedModels(50_000), "?q=000123"},
	} {
		c := benchCatalog(b, bench.policy, 5000)
		if bench.query == "" {
			b.Run(bench.name+"/catalog", func(b *testing.B) { benchFor(b, c) })
		}
		b.Run(bench.name+"/models", func(b *testing.B) { asEverybody(b, handler.Models(c), "/models"+bench.query) })
		b.Run(bench.name+"/gallery", func(b *testing.B) { asEverybody(b, handler.NewGallery(c, look), "/"+bench.query) })
	}
	for _, query := range []string{"", "?q=000123"} {
		b.Run("Func5000"+query, func(b *testing.B) {
			var asked atomic.Int64
			c := benchCatalog(b, directory(&asked), 5000)
			asked.Store(0)
			asEverybody(b, handler.NewGallery(c, look), "/"+query)
			b.ReportMetric(float64(asked.Load())/float64(b.N), "calls/op")
		})
	}
}

// benchFor is the catalog's part of a listing, without a page or JSON.
func benchFor(b *testing.B, c *catalog.Catalog) {
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		if _, err := c.For(b.Context(), &identity.User{ID: strconv.Itoa(n), Groups: []string{"facilities"}}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkName is what the page of a space asks the catalog.
func BenchmarkName(b *testing.B) {
	c := benchCatalog(b, listedModels(50_000), 5000)
	u := &identity.User{ID: "alice", Groups: []string{"facilities"}}
	for what, model := range map[string]string{"policy": modelNumber(49_990), "matterport": modelNumber(4999)} {
		b.Run(what, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if c.Space(b.Context(), u, model).Name == model {
					b.Fatal("no name")
				}
			}
		})
	}
}
