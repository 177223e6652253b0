package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
)

const maxBody = 64 << 10

// A method carries out a request, and writes the answer unless it returns an error.
type method func(ctx context.Context, w http.ResponseWriter, body []byte) error

// An Error is what the process answers to a request that it does not carry out.
type Error struct {
	// Code is one of: unsupported_version, unknown_method, malformed, too_large, busy, not_found, incomplete, unavailable, internal.
	Code string `json:"error"`

	// Text tells the operator what to do.
	Text string `json:"text"`

	status int
}

// Error returns the text.
func (e *Error) Error() string { return e.Text }

func malformed(text string) *Error { return &Error{"malformed", text, http.StatusBadRequest} }

var (
	errVersion     = &Error{"unsupported_version", fmt.Sprintf("the running process speaks version %d of the control protocol: use the pme of the release that runs", Protocol), http.StatusBadRequest}
	errUnknown     = &Error{"unknown_method", "the running process does not know this command: use the pme of the release that runs", http.StatusNotFound}
	errTooLarge    = &Error{"too_large", "the request is larger than 64 KiB: ask for less", http.StatusRequestEntityTooLarge}
	errBusy        = &Error{"busy", "other commands are being carried out: try again in a moment", http.StatusServiceUnavailable}
	errUnavailable = &Error{"unavailable", "the token store does not answer: look at the health of the process (pme doctor) and at its log, and try again", http.StatusServiceUnavailable}
	errIncomplete  = &Error{"incomplete", "not everything may have been revoked: look at the log of the process, and revoke again", http.StatusServiceUnavailable}
	errInternal    = &Error{"internal", "the running process has failed to carry this out: its log says where", http.StatusInternalServerError}
)

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set(header, fmt.Sprint(Protocol))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	out := http.NewResponseController(w)
	_ = out.SetWriteDeadline(s.now().Add(workTime + writeTime)) // a recorder of a test has none
	if err := s.carryOut(w, r); err != nil {
		s.refuse(w, err)
	}
}

// carryOut finds the method and calls it. A panic is an error.
func (s *Server) carryOut(w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if recover() != nil {
			s.cfg.Logger.ErrorContext(r.Context(), "panic recovered", slog.String("in", "a command of an operator"), slog.String("stack", string(debug.Stack())))
			err = errInternal
		}
	}()
	name, ok := strings.CutPrefix(r.URL.Path, fmt.Sprintf("/v%d/", Protocol))
	if !ok || r.Header.Get(header) != fmt.Sprint(Protocol) {
		return errVersion
	}
	m, ok := s.methods[name]
	switch {
	case !ok:
		return errUnknown
	case r.Method != http.MethodPost:
		return malformed("a command is sent by POST")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return errTooLarge
	} else if err != nil {
		return malformed("the request has not arrived as a whole: try again")
	}
	select {
	case s.working <- struct{}{}:
		defer func() { <-s.working }()
	default:
		return errBusy
	}
	return m(r.Context(), w, body)
}

func (s *Server) refuse(w http.ResponseWriter, err error) {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		s.cfg.Logger.Warn("command of an operator failed", slog.Any("error", err))
		e = errInternal
	}
	write(w, e.status, e)
}

// answering makes a method of a function with one question and one answer.
func answering[Q, A any](answer func(context.Context, Q) (A, error)) method {
	return func(ctx context.Context, w http.ResponseWriter, body []byte) error {
		q, err := decode[Q](body)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, workTime)
		defer cancel()
		a, err := answer(ctx, q)
		if err != nil {
			return err
		}
		write(w, http.StatusOK, a)
		return nil
	}
}

// decode reads one JSON object strictly: a field that is not known here would be one that is not obeyed.
func decode[Q any](body []byte) (q Q, err error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) || d.Decode(&q) != nil || !ends(d) {
		return q, malformed("the running process does not understand the request: use the pme of the release that runs")
	}
	return q, nil
}

func ends(d *json.Decoder) bool {
	_, err := d.Token()
	return errors.Is(err, io.EOF)
}

func write(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // a client that leaves gets nothing
}
