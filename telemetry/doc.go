// Package telemetry gives OpenTelemetry the metrics of pme, and the calls that leave the process as spans.
//
// Metrics are the counts that an [event.Stream] keeps anyway. They are read when they are collected: no request waits for
// them, and a request for a cached token costs what it costs without them. [Telemetry.Transport] measures the calls to
// Matterport and to an identity provider, and makes a client span of each.
//
// There are fewer than 100 time series for any number of users and spaces. No user, session, model, address or URL
// is in a name, a label or a span, and no text that came from outside: every label is one of a closed list of words, and the
// names of the parts of your own that pme.Config.Health has. Spans also have the host name that is called.
//
// The package exports nothing by itself: the application's OpenTelemetry SDK does, on Prometheus' request or by
// OTLP. If that fails or hangs, no token request notices, as long as spans are exported in batches: a span processor
// that exports each span at once, such as the SDK's SimpleSpanProcessor, makes the calls wait.
//
// The directories grafana and alerts have a dashboard and alert rules for these metrics; docs/telemetry.md lists
// the metrics.
package telemetry
