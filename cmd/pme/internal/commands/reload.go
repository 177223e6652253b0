package commands

import (
	"context"
	"iter"
	"log/slog"
	"reflect"
	"slices"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/systemd"
)

// reload takes over what can change while the gateway runs: the level of the log, and what is in the files of secrets. It says in the log
// which other settings have changed, and need a restart. A configuration that is wrong changes nothing.
func (s *serving) reload(ctx context.Context) {
	s.notify(ctx, systemd.Reloading)
	defer s.notify(ctx, systemd.Ready)
	news := s.gateway.Reload(ctx)
	next, err := config.Load(s.sys.sources(s.flags))
	if err != nil {
		s.log.ErrorContext(ctx, "configuration not reloaded", slog.Any("error", err))
	} else {
		s.level.Set(levels[next.Config.Log.Level])
		for _, path := range changes(s.loaded.Config, next.Config) {
			if path != "log.level" {
				news = append(news, path+": it has changed, and counts after a restart")
			}
		}
	}
	for _, one := range news {
		s.log.WarnContext(ctx, "setting changed", slog.String("news", one))
	}
	if err != nil {
		s.log.InfoContext(ctx, "files of secrets were looked at; the configuration stays as it was")
		return
	}
	s.log.InfoContext(ctx, "reloaded: the log level and files of secrets; the allow-list is read again by itself")
}

// changes returns the settings whose values differ, in the order of the documentation.
func changes(a, b config.Config) []string {
	var paths []string
	after := map[string]reflect.Value{}
	for path, v := range settings(b) {
		after[path] = v
	}
	seen := map[string]bool{}
	for path, v := range settings(a) {
		seen[path] = true
		if other, there := after[path]; !there || !same(v, other) {
			paths = append(paths, path)
		}
	}
	for path := range settings(b) {
		if !seen[path] {
			paths = append(paths, path)
		}
	}
	return paths
}

func same(a, b reflect.Value) bool {
	if x, ok := reflect.TypeAssert[config.Secret](a); ok {
		y, _ := reflect.TypeAssert[config.Secret](b)
		return slices.Equal(x.Values(), y.Values())
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// settings goes through the settings that have a value, by their paths. A section that is there has one itself.
func settings(cfg config.Config) iter.Seq2[string, reflect.Value] {
	return func(yield func(string, reflect.Value) bool) { walk("", reflect.ValueOf(cfg), yield) }
}

func walk(path string, v reflect.Value, yield func(string, reflect.Value) bool) bool {
	switch {
	case v.IsZero():
		return true
	case v.Kind() == reflect.Pointer:
		return yield(path, reflect.ValueOf(true)) && walk(path, v.Elem(), yield)
	case v.Kind() != reflect.Struct || v.Type() == reflect.TypeFor[config.Secret]():
		return yield(path, v)
	}
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("yaml")
		if path != "" {
			name = path + "." + name
		}
		if !walk(name, v.Field(i), yield) {
			return false
		}
	}
	return true
}
