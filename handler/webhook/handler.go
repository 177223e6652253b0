package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/modelid"
	"github.com/go-pme/pme/secret"
)

const (
	maxBody     = 64 << 10
	readTimeout = 10 * time.Second
)

// A Handler receives events by POST, as JSON of at most 64 KiB, which has to arrive within 10 seconds. Mount it where
// Matterport reaches it, and not behind a login: it asks for its own credential. It is safe for concurrent use.
//
// It answers 204 to what it takes, also to duplicates, types that it does not know and pings. A wrong credential is
// answered by 401, whatever is wrong with it. An event of version 1 and a body that is no event are answered by 400.
type Handler struct {
	cfg     Config
	checker *checker
	reports *reports
	wanted  *wanted
	looks   *looks
	flights *flight.Group
	now     func() time.Time
	unwatch func() // the secrets
}

// New checks cfg, reports everything that is wrong with it, and starts a goroutine that [Handler.Close] ends. It calls nothing.
func New(cfg Config) (*Handler, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	h := &Handler{
		cfg:     cfg,
		checker: newChecker(cfg.Credential),
		wanted:  newWanted(),
		flights: flight.New(cfg.Logger),
		now:     time.Now,
	}
	var err error
	if h.unwatch, err = cfg.Credential.Secrets.Register(secret.Consumer{Check: checkSecret, Changed: h.secretChanged}); err != nil {
		return nil, fmt.Errorf("webhook: Credential.Secrets: %w", err) // they have changed since they were checked
	}
	h.looks = newLooks(cfg, h.wanted, h.now)
	h.reports = newReports(cfg.Events, h.looks.wake)
	h.flights.Go(func(ctx context.Context) { h.looks.run(ctx, h.reports) })
	return h, nil
}

// Close ends the looks that are under way and waits for them. Events that wait are lost. Later requests with the right
// credential are answered by 503. It can be called more than once; the error is always nil.
func (h *Handler) Close() error {
	h.unwatch()
	h.flights.Close()
	h.reports.summarize(h.now().Add(summarizeEvery))
	return nil
}

func (h *Handler) secretChanged(c secret.Change) {
	h.cfg.Events.Emit(context.Background(), c.Event("webhook credential"))
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !answer.OnlyMethod(w, r, http.MethodPost) {
		return
	}
	if !h.checker.accepts(r) {
		h.reports.refuse(r, h.now(), reasonCredential, "")
		w.Header().Set("WWW-Authenticate", h.checker.challenge())
		answer.Error(w, http.StatusUnauthorized, "access_denied", "The credential is missing or wrong.")
		return
	}
	if h.flights.Closed() {
		w.Header().Set("Retry-After", "5")
		answer.Error(w, http.StatusServiceUnavailable, "temporarily_unavailable", "The webhook is closed.")
		return
	}
	hint, problem := h.read(w, r)
	if problem != nil {
		h.reports.refuse(r, h.now(), problem.reason, problem.text)
		answer.Error(w, problem.status, "invalid_request", problem.text)
		return
	}
	h.reports.accepted(r, h.now(), hint)
	if hint.model != "" {
		h.looks.want(hint.model)
	}
	answer.JSON(w.Header())
	w.Header().Del("Content-Type") // there is no content
	w.WriteHeader(http.StatusNoContent)
}

// A problem says why a request with the right credential is refused. Nothing of the request is in its text.
type problem struct {
	status int
	reason string
	text   string
}

func malformed(status int, text string) *problem { return &problem{status, reasonMalformed, text} }

func (h *Handler) read(w http.ResponseWriter, r *http.Request) (hint, *problem) {
	if kind := r.Header.Get("Content-Type"); kind != "" && !isJSON(kind) { // what a ping has is not documented
		return hint{}, malformed(http.StatusUnsupportedMediaType, "The content type is not application/json.")
	}
	_ = http.NewResponseController(w).SetReadDeadline(h.now().Add(readTimeout)) // some servers cannot
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return hint{}, malformed(http.StatusRequestEntityTooLarge, "The body is longer than 64 KiB.")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return hint{}, malformed(http.StatusRequestTimeout, "The body did not arrive in time.")
	case err != nil:
		return hint{}, malformed(http.StatusBadRequest, "The body did not arrive in full.")
	}
	got, err := readHint(body)
	switch {
	case errors.Is(err, errVersion1):
		return hint{}, &problem{http.StatusBadRequest, reasonVersion, sentence(errVersion1)}
	case err != nil:
		return hint{}, malformed(http.StatusBadRequest, sentence(errGarbage))
	case modelid.ValidView(got.model):
		got.model = "" // see the package's documentation
	case got.model != "" && !modelid.Valid(got.model):
		return hint{}, malformed(http.StatusBadRequest, "The modelId is no ID of a model.")
	}
	return got, nil
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
}

func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
