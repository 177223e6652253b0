package provider_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/internal/provider"
)

func claimsOf(t *testing.T, text string) map[string]any {
	t.Helper()
	var claims map[string]any
	if err := json.Unmarshal([]byte(text), &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func groupsAt(claim, format string, log *logtest.Buffer) *provider.Groups {
	return &provider.Groups{
		Claim: claim, Format: format, Expected: func() bool { return true }, Logger: slog.New(slog.NewTextHandler(log, nil)),
	}
}

func TestPathsWithDotsInTheirParts(t *testing.T) {
	for _, tt := range []struct{ path, claims, want string }{
		{"groups", `{"groups": ["a"]}`, "a"},
		{"resource_access.intranet.example.com.roles", `{"resource_access": {"intranet.example.com": {"roles": ["a"]}}}`, "a"},
		{"resource_access.intranet.example.com.roles", `{"resource_access": {"intranet": {"example": {"com": {"roles": ["a"]}}}}}`, "a"},
		{"resource_access.intranet.example.com.roles", `{"resource_access": {"intranet": {"example.com.roles": ["b"]}, "intranet.example.com": {"roles": ["a"]}}}`, "a"},
		{"resource_access.intranet.example.com.roles", `{"resource_access": {"intranet.example.com": {"other": ["b"]}, "intranet.example": {"com": {"roles": ["a"]}}}}`, "a"},
		{"resource_access.intranet.example.com.roles", `{"resource_access": {"intranet.example.com": "text", "intranet": {"example": {"com.roles": ["a"]}}}}`, "a"},
		{"resource_access.intranet.example.com.roles", `{"resource_access.intranet.example.com": {"roles": ["a"]}, "resource_access": {"intranet.example.com": {"roles": ["b"]}}}`, "a"},
		{"resource_access.intranet.example.com.roles", `{"resource_access.intranet.example.com.roles": ["a"], "resource_access": {"intranet.example.com": {"roles": ["b"]}}}`, "a"},
		{"https://intranet.example/claims.groups", `{"https://intranet.example/claims": {"groups": ["a"]}}`, "a"},
		{"https://intranet.example/groups", `{"https://intranet": {"example/groups": ["a"]}}`, "a"},
		{"a.b.", `{"a.b": {"": ["a"]}}`, "a"},
		{"resource_access.intranet.example.com.roles", `{"resource_access": {"intranet.example.org": {"roles": ["a"]}}}`, ""},
		{"a.b.c", `{"a": {"b": ["c"]}}`, ""},
		{"", `{"a": ["c"]}`, ""},
	} {
		var log logtest.Buffer
		g := groupsAt(tt.path, "", &log)
		got, err := g.Of(t.Context(), claimsOf(t, tt.claims))
		if strings.Join(got, " ") != tt.want || err != nil {
			t.Errorf("%s in %s: %q, %v; want %q", tt.path, tt.claims, got, err, tt.want)
		}
		if missing := strings.Contains(log.String(), "no user so far"); missing != (tt.want == "") || g.Has(claimsOf(t, tt.claims)) == missing {
			t.Errorf("%s in %s: reported as missing %v", tt.path, tt.claims, missing)
		}
	}
}

func TestGroupsLeftOutByTheProvider(t *testing.T) {
	for _, tt := range []struct {
		path, claims string
		want         bool
	}{
		{"groups", `{"_claim_names": {"groups": "src1"}}`, true},
		{"groups", `{"hasgroups": "true"}`, true},
		{"groups", `{"_claim_names": {"group": "src1"}}`, false},
		{"realm_access.roles", `{"_claim_names": {"realm_access": "src1"}}`, true},
		{"intranet.example.com.roles", `{"_claim_names": {"intranet.example.com": "src1"}}`, true},
		{"https://intranet.example/groups", `{"_claim_names": {"https://intranet.example/groups": "src1"}}`, true},
	} {
		if got := groupsAt(tt.path, "", new(logtest.Buffer)).AreElsewhere(claimsOf(t, tt.claims)); got != tt.want {
			t.Errorf("%s in %s: %v, want %v", tt.path, tt.claims, got, tt.want)
		}
	}
}

func TestFormatsOfGroups(t *testing.T) {
	const unreadable = "unreadable"
	for _, tt := range []struct {
		format, value, want string
		odd                 bool
	}{
		{"", `["a", "b c"]`, "a|b c", false},
		{"", `"a,b"`, "a,b", false},
		{"", `["a", 1, null, true, {"x": 1}, ["y"], "b", ""]`, "a|b", true},
		{"", `null`, "", false},
		{"", `""`, "", false},
		{"", `[]`, "", false},
		{"", `{"a": 1}`, unreadable, false},
		{"", `7`, unreadable, false},
		{"", `true`, unreadable, false},
		{"json", `"[\"a\", \"b\"]"`, "a|b", false},
		{"json", `" [\"a\", 7, [\"c\"], \"\"] "`, "a", true},
		{"json", `"[]"`, "", false},
		{"json", `"[a, b]"`, unreadable, false},
		{"json", `"staff"`, "staff", false},
		{"json", `["a", "b"]`, "a|b", false},
		{"json", `["[\"a\"]", "[b"]`, "a|[b", false},
		{"json", `["a", "[b]"]`, "a", true},
		{"json", `"[\"[\\\"a\\\"]\"]"`, `["a"]`, false},
		{"json", `{"a": 1}`, unreadable, false},
		{"comma", `"a, b c ,,d"`, "a|b c|d", false},
		{"comma", `"a"`, "a", false},
		{"comma", `""`, "", false},
		{"comma", `["a,b", 3]`, "a|b", true},
		{"comma", `7`, unreadable, false},
		{"keys", `{"viewer": {"247": "intranet.example"}, "editor": null, "": 1}`, "editor|viewer", false},
		{"keys", `{}`, "", false},
		{"keys", `[{"viewer": {}}, "editor", 7]`, "viewer|editor", true},
		{"keys", `"viewer"`, "viewer", false},
		{"keys", `7`, unreadable, false},
	} {
		var log logtest.Buffer
		got, err := groupsAt("groups", tt.format, &log).Of(t.Context(), claimsOf(t, `{"groups": `+tt.value+`}`))
		joined := strings.Join(got, "|")
		if errors.Is(err, provider.ErrGroups) {
			joined = unreadable
		}
		if odd := strings.Contains(log.String(), "groups left out"); joined != tt.want || odd != tt.odd {
			t.Errorf("%s as %q: %q, with a record of odd ones %v; want %q, %v", tt.value, tt.format, joined, odd, tt.want, tt.odd)
		}
	}
	for format, valid := range map[string]bool{"": true, "json": true, "comma": true, "keys": true, "JSON": false, " ": false, "csv": false} {
		if err := provider.CheckGroupsFormat(format); (err == nil) != valid {
			t.Errorf("%q: %v", format, err)
		}
	}
}

func TestMissingClaimIsReportedOnceAndNotAfterItWasFound(t *testing.T) {
	var log logtest.Buffer
	with, without := claimsOf(t, `{"sub": "a", "groups": []}`), claimsOf(t, `{"sub": "b", "secret": "value"}`)
	reports := func() int { return strings.Count(log.String(), "no user so far") }
	g := groupsAt("groups", "", &log)
	for _, documents := range [][]map[string]any{{without}, {without, without}, {}} {
		_, _ = g.Of(t.Context(), documents...)
	}
	if reports() != 1 || !strings.Contains(log.String(), "secret") || strings.Contains(log.String(), "value") {
		t.Errorf("want one record, with names and without values:\n%s", log.String())
	}
	for what, find := range map[string]func(g *provider.Groups){
		"there":     func(g *provider.Groups) { _, _ = g.Of(t.Context(), without, with) },
		"elsewhere": func(g *provider.Groups) { g.AreElsewhere(map[string]any{"hasgroups": true}) },
	} {
		g := groupsAt("groups", "", &log)
		find(g)
		_, _ = g.Of(t.Context(), without)
		if reports() != 1 {
			t.Errorf("%s: reported though a user had it", what)
		}
	}
	if got, _ := g.Of(t.Context(), without, with, claimsOf(t, `{"groups": ["x"]}`)); !slices.Equal(got, nil) {
		t.Errorf("groups %q, want those of the first document that has any", got)
	}
}
