package telemetry_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/go-pme/pme/telemetry"
)

// served are the metrics that Prometheus really gets, with their labels and the values of those.
type served map[string]map[string][]string

// serve plays a visit, so that every metric is there, and scrapes.
func serve(t *testing.T) served {
	t.Helper()
	o := observe(t, telemetry.Config{})
	h, _ := site(t, o.events, o.Transport)
	o.UseHealth(h.Health())
	ask(h, office)
	get(t, o.Transport(roundTripper(replyOK)), "https://idp.example/")
	all := make(served)
	for _, family := range o.scrape(t) {
		labels := map[string][]string{"job": nil, "instance": nil} // which Prometheus adds
		for _, m := range family.GetMetric() {
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = append(labels[l.GetName()], l.GetValue())
			}
		}
		if _, ok := labels["part"]; ok {
			labels["part"] = telemetry.OwnParts()
		}
		name := family.GetName()
		all[name] = labels
		if family.GetMetric()[0].GetHistogram() != nil {
			delete(all, name)
			all[name+"_count"], all[name+"_sum"], all[name+"_bucket"] = labels, labels, with(labels, "le")
		}
	}
	return all
}

func with(labels map[string][]string, name string) map[string][]string {
	more := map[string][]string{name: nil}
	for key, values := range labels {
		more[key] = values
	}
	return more
}

var (
	named   = regexp.MustCompile(`\b(pme_[a-z_]+)(\{[^}]*\})?`)
	matcher = regexp.MustCompile(`([a-z_]+)\s*(=~|!~|!=|=)\s*"([^"]*)"`)
	grouped = regexp.MustCompile(`\bby \(([^)]*)\)`)
)

// check reports what an expression names that Prometheus does not have.
func (s served) check(expr string) (problems []string) {
	found := named.FindAllStringSubmatch(expr, -1)
	if len(found) == 0 {
		return []string{"no metric in " + expr}
	}
	for _, m := range found {
		labels, ok := s[m[1]]
		if !ok {
			problems = append(problems, "there is no metric "+m[1])
			continue
		}
		for _, l := range matcher.FindAllStringSubmatch(m[2], -1) {
			problems = append(problems, s.matches(m[1], labels, l[1], l[3])...)
		}
		for _, by := range grouped.FindAllStringSubmatch(expr, -1) {
			for _, name := range strings.Split(by[1], ",") {
				if _, ok := labels[strings.TrimSpace(name)]; !ok {
					problems = append(problems, m[1]+" has no label "+name)
				}
			}
		}
	}
	return problems
}

// matches reports a label or a value that there is not. A variable of the dashboard stands for any.
func (served) matches(name string, labels map[string][]string, label, values string) (problems []string) {
	known, ok := labels[label]
	if !ok {
		return []string{name + " has no label " + label}
	}
	for _, value := range strings.Split(values, "|") {
		if !strings.HasPrefix(value, "$") && !slices.Contains(known, value) {
			problems = append(problems, name+" never has "+label+"="+value)
		}
	}
	return problems
}

func TestWhatTheFilesAreCheckedForIsFound(t *testing.T) {
	s := serve(t)
	for expr, want := range map[string]string{
		`sum by (reason) (rate(pme_token_requests_total{outcome="denied"}[5m]))`: "",
		`pme_call_duration_seconds_bucket{le="1",call="mint"}`:                   "pme_call_duration_seconds_bucket never has le=1",
		`pme_tokens_total`:                     "there is no metric pme_tokens_total",
		`pme_ready{user="x"}`:                  "pme_ready has no label user",
		`pme_sign_ins_total{outcome="denied"}`: "pme_sign_ins_total never has outcome=denied",
		`sum by (part) (pme_ready)`:            "pme_ready has no label part",
		`up`:                                   "no metric in up",
	} {
		if got := strings.Join(s.check(expr), "; "); got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
}

func TestTheDashboardShowsMetricsThatThereAre(t *testing.T) {
	var board struct {
		UID    string `json:"uid"`
		Panels []struct {
			ID          int    `json:"id"`
			Title       string `json:"title"`
			Description string `json:"description"`
			GridPos     struct{ H, W, X, Y int }
			Targets     []struct {
				Expr string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
	}
	if err := json.Unmarshal(read(t, "grafana/dashboard.json"), &board); err != nil {
		t.Fatal(err)
	}
	s, shown := serve(t), ""
	ids := make(map[int]bool)
	for _, p := range board.Panels {
		if p.Title == "" || p.Description == "" || len(p.Targets) == 0 || ids[p.ID] || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %d %q has no title, description, target or place", p.ID, p.Title)
		}
		ids[p.ID] = true
		for _, target := range p.Targets {
			shown += target.Expr
			for _, problem := range s.check(target.Expr) {
				t.Errorf("%s: %s", p.Title, problem)
			}
			if !strings.Contains(target.Expr, `instance=~"$instance"`) {
				t.Errorf("%s does not heed the replica that was chosen: %s", p.Title, target.Expr)
			}
		}
	}
	for name := range s {
		if strings.HasPrefix(name, "pme_") && !strings.HasPrefix(name, "pme_call_duration") && !strings.Contains(shown, name) {
			t.Errorf("%s is on no panel", name)
		}
	}
}

// A rule is an alert rule of Prometheus, as far as these have fields.
type rule struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

func rules(t *testing.T) []rule {
	t.Helper()
	var file struct {
		Groups []struct {
			Name  string `yaml:"name"`
			Rules []rule `yaml:"rules"`
		} `yaml:"groups"`
	}
	d := yaml.NewDecoder(bytes.NewReader(read(t, "alerts/pme.yaml")))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		t.Fatal(err)
	}
	if len(file.Groups) != 1 || len(file.Groups[0].Rules) < 10 {
		t.Fatalf("%d groups", len(file.Groups))
	}
	return file.Groups[0].Rules
}

func TestTheAlertsLookAtMetricsThatThereAre(t *testing.T) {
	const runbook = "https://github.com/go-pme/pme/blob/main/docs/telemetry.md#"
	s, document := serve(t), string(read(t, "../docs/telemetry.md"))
	for _, r := range rules(t) {
		for _, problem := range s.check(r.Expr) {
			t.Errorf("%s: %s", r.Alert, problem)
		}
		if severity := r.Labels["severity"]; severity != "warning" && severity != "critical" {
			t.Errorf("%s has the severity %q", r.Alert, severity)
		}
		if r.Annotations["summary"] == "" || r.Annotations["description"] == "" || r.Annotations["runbook_url"] != runbook+strings.ToLower(r.Alert) {
			t.Errorf("%s: %v", r.Alert, r.Annotations)
		}
		if !strings.Contains(document, "\n### "+r.Alert+"\n") {
			t.Errorf("docs/telemetry.md does not say what to do about %s", r.Alert)
		}
	}
}

// TestTheAlertsFire has Prometheus' own tool check the rules and play the cases of pme_test.yaml.
func TestTheAlertsFire(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("promtool is not installed: it is in Debian's package prometheus")
	}
	for _, args := range [][]string{{"check", "rules", "pme.yaml"}, {"test", "rules", "pme_test.yaml"}} {
		cmd := exec.CommandContext(t.Context(), promtool, args...)
		cmd.Dir = "alerts"
		if output, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, output)
		}
	}
	cases := string(read(t, "alerts/pme_test.yaml"))
	for _, r := range rules(t) {
		if !strings.Contains(cases, "alertname: "+r.Alert+"\n") {
			t.Errorf("no case of pme_test.yaml has %s fire", r.Alert)
		}
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
