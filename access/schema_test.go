package access_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
)

const schemaFile = "../docs/allow-list.schema.json"

func TestSchemaInTheDocumentsIsOfThisReader(t *testing.T) {
	if *update {
		if err := os.WriteFile(schemaFile, access.Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(access.Schema()), string(kept)); diff != "" {
		t.Errorf("run go test ./access -run Schema -update (-code +document):\n%s", diff)
	}
}
