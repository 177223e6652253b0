package commands

import (
	"context"
	"log/slog"
	"reflect"
	"strings"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/diagnosis"
)

// rights looks at the files with secrets in them, and at the file of the configuration.
func rights(loaded *config.Loaded) (found diagnosis.Findings) {
	const part = "files"
	inline := false
	for path, v := range settings(loaded.Config) {
		s, ok := reflect.TypeAssert[config.Secret](v)
		if !ok {
			continue
		}
		if s.File() != "" {
			found = append(found, diagnosis.SecretFile(part, s.File()))
			continue
		}
		inline = inline || loaded.File != "" && strings.HasPrefix(loaded.Origin(path), loaded.File+":")
	}
	switch {
	case inline:
		found = append(found, diagnosis.SecretFile(part, loaded.File))
	case loaded.File != "":
		found = append(found, diagnosis.Changeable(part, loaded.File))
	}
	return found
}

// warnOfRights warns of files that others may read or change. The gateway starts all the same: in a container there may be no others.
func (s *serving) warnOfRights(ctx context.Context) {
	for _, f := range rights(s.loaded) {
		if f.Status != diagnosis.OK {
			s.log.WarnContext(ctx, "file of the configuration is open to others", slog.String("problem", f.Text), slog.String("remedy", f.Remedy))
		}
	}
}
