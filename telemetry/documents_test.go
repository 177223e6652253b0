package telemetry_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/go-pme/pme/telemetry"
)

// TestTheDocumentListsEveryMetric makes the table of docs/telemetry.md from what is collected.
func TestTheDocumentListsEveryMetric(t *testing.T) {
	o := observe(t, telemetry.Config{})
	h, _ := site(t, o.events, o.Transport)
	o.UseHealth(h.Health())
	ask(h, office)
	get(t, o.Transport(roundTripper(replyOK)), "https://idp.example/")
	var lines []string
	for name, m := range o.collect(t) {
		lines = append(lines, fmt.Sprintf("| `%s` | %s | %s | %s |", name, kindOf(m.Data), labelsOf(m.Data), m.Description))
	}
	slices.Sort(lines)
	table := strings.Join(lines, "\n") + "\n"
	if !strings.Contains(string(read(t, "../docs/telemetry.md")), table) {
		t.Errorf("docs/telemetry.md does not have this table:\n%s", table)
	}
}

func kindOf(data metricdata.Aggregation) string {
	switch data := data.(type) {
	case metricdata.Gauge[int64]:
		return "gauge"
	case metricdata.Sum[int64]:
		if !data.IsMonotonic {
			return "gauge"
		}
		return "counter"
	}
	return "histogram, s"
}

// labelsOf says which labels and values the points of a metric have.
func labelsOf(data metricdata.Aggregation) string {
	var keys []string
	values := make(map[string][]string)
	for _, set := range attributesOf(data) {
		for _, kv := range set.ToSlice() {
			key, value := string(kv.Key), "`"+kv.Value.AsString()+"`"
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
			if !slices.Contains(values[key], value) {
				values[key] = append(values[key], value)
			}
		}
	}
	var all []string
	for _, key := range keys {
		if key == "part" {
			all = append(all, "`part`: the names in [health](health.md)")
			continue
		}
		slices.Sort(values[key])
		all = append(all, "`"+key+"`: "+strings.Join(values[key], " "))
	}
	return strings.Join(all, "; ")
}

func attributesOf(data metricdata.Aggregation) (all []attribute.Set) {
	switch data := data.(type) {
	case metricdata.Gauge[int64]:
		for _, p := range data.DataPoints {
			all = append(all, p.Attributes)
		}
	case metricdata.Sum[int64]:
		for _, p := range data.DataPoints {
			all = append(all, p.Attributes)
		}
	case metricdata.Histogram[float64]:
		for _, p := range data.DataPoints {
			all = append(all, p.Attributes)
		}
	}
	return all
}
