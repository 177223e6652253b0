//go:build linux

package ship_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/go-pme/pme/cmd/pme/internal/config"
)

// An object is what the tests look at of an object of Kubernetes.
type object struct {
	Kind     string
	Metadata struct{ Name string }
	Data     map[string]string `yaml:"data"`
	Strings  map[string]string `yaml:"stringData"`
	Spec     struct {
		Replicas       int
		MaxUnavailable int `yaml:"maxUnavailable"`
		Selector       struct {
			MatchLabels map[string]string `yaml:"matchLabels"`
		}
		Template struct {
			Metadata struct{ Labels map[string]string }
			Spec     pod
		}
	}
}

type pod struct {
	Automount  *bool `yaml:"automountServiceAccountToken"`
	Grace      int   `yaml:"terminationGracePeriodSeconds"`
	Containers []container
	Security   struct {
		RunAsNonRoot bool                  `yaml:"runAsNonRoot"`
		RunAsUser    int                   `yaml:"runAsUser"`
		Seccomp      struct{ Type string } `yaml:"seccompProfile"`
	} `yaml:"securityContext"`
}

type container struct {
	Args      []string
	Liveness  probe `yaml:"livenessProbe"`
	Readiness probe `yaml:"readinessProbe"`
	Startup   probe `yaml:"startupProbe"`
	Security  struct {
		Escalation   *bool `yaml:"allowPrivilegeEscalation"`
		ReadOnly     bool  `yaml:"readOnlyRootFilesystem"`
		Capabilities struct{ Drop []string }
	} `yaml:"securityContext"`
}

type probe struct {
	HTTP struct{ Path string } `yaml:"httpGet"`
}

// objects returns the objects of all manifests, by kind and name.
func objects(t *testing.T) map[string]object {
	t.Helper()
	files, err := filepath.Glob("kubernetes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	all := map[string]object{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		documents := yaml.NewDecoder(bytes.NewReader(b))
		for {
			var o object
			err := documents.Decode(&o)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || o.Kind == "" || o.Metadata.Name == "" {
				t.Fatalf("%s: %v, %+v", file, err, o)
			}
			all[o.Kind+" "+o.Metadata.Name] = o
		}
	}
	return all
}

// mounted writes the ConfigMap and the Secret to a directory as the pod has them, and returns the configuration's file.
func mounted(t *testing.T, all map[string]object) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range all["ConfigMap pme"].Data {
		text = strings.ReplaceAll(text, "/etc/pme-secrets/", dir+"/secrets/")
		text = strings.ReplaceAll(text, "/etc/pme/", dir+"/")
		if err := put(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range all["Secret pme"].Strings {
		if err := put(filepath.Join(dir, "secrets", name), []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "pme.yaml")
}

func TestTheConfigurationOfTheManifestsLoads(t *testing.T) {
	all := objects(t)
	loaded, err := config.Load(config.Sources{File: mounted(t, all)})
	if err != nil {
		t.Fatal(err)
	}
	cfg := loaded.Config
	if !cfg.Fleet.Keys.IsSet() || !cfg.Matterport.ClientSecret.IsSet() || cfg.Addr != "0.0.0.0:8080" {
		t.Errorf("%+v", cfg)
	}
	grace := all["Deployment pme"].Spec.Template.Spec.Grace
	if time.Duration(grace)*time.Second <= cfg.Drain {
		t.Errorf("a pod is killed after %d s, while it drains for %v", grace, cfg.Drain)
	}
}

func TestPodsHaveNoRights(t *testing.T) {
	all := objects(t)
	for name, user := range map[string]int{"Deployment pme": 65532, "StatefulSet pme-redis": 999} {
		p := all[name].Spec.Template.Spec
		if p.Automount == nil || *p.Automount || !p.Security.RunAsNonRoot || p.Security.RunAsUser != user || p.Security.Seccomp.Type != "RuntimeDefault" {
			t.Errorf("%s: %+v", name, p)
		}
		for _, c := range p.Containers {
			if s := c.Security; s.Escalation == nil || *s.Escalation || !s.ReadOnly || strings.Join(s.Capabilities.Drop, " ") != "ALL" {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

func TestABudgetKeepsAReplica(t *testing.T) {
	all := objects(t)
	deployment, budget := all["Deployment pme"].Spec, all["PodDisruptionBudget pme"].Spec
	if deployment.Replicas < 2 || budget.MaxUnavailable != 1 {
		t.Errorf("%d replicas, and %d may be away", deployment.Replicas, budget.MaxUnavailable)
	}
	const label = "app.kubernetes.io/name"
	for _, labels := range []map[string]string{deployment.Selector.MatchLabels, deployment.Template.Metadata.Labels, budget.Selector.MatchLabels} {
		if labels[label] != "pme" {
			t.Error(labels)
		}
	}
}

func TestTheProbesAreServed(t *testing.T) {
	c := objects(t)["Deployment pme"].Spec.Template.Spec.Containers[0]
	if c.Liveness.HTTP.Path != "/livez" || c.Startup.HTTP.Path != "/livez" || c.Readiness.HTTP.Path != "/readyz" { // which TestItServesInAnEmptyReadOnlyRoot asks for
		t.Errorf("%+v", c)
	}
	if strings.Join(c.Args, " ") != "serve -config /etc/pme/pme.yaml" {
		t.Error(c.Args)
	}
}
