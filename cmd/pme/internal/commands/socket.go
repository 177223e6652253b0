package commands

import (
	"errors"
	"log/slog"

	"github.com/go-pme/pme/cmd/pme/internal/control"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
)

// openSocket opens the socket of operators, if there is to be one, and answers there until the function that it returns is called.
func (s *serving) openSocket() (end func(), err error) {
	path := s.cfg.Control.Socket
	if path == "" {
		return func() {}, nil
	}
	server, err := control.Listen(path, control.Config{
		Target: s.gateway, Events: s.gateway.Events(), Logger: s.log, Version: thisVersion().Version,
	})
	if err != nil {
		return nil, errors.Join(serve.Problems{serve.ProblemOf("control.socket", err)}, s.gateway.Close())
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(); err != nil {
			s.log.Error("socket of operators lost", slog.Any("error", err))
		}
	}()
	return func() {
		_ = server.Close() // the error is always nil
		<-done
	}, nil
}
