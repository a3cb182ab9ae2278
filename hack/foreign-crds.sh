#!/usr/bin/env bash
# Writes e2e/crds/ anew: the kinds of KubeVirt, CDI and the external-snapshotter with their real schemas,
# from the Go modules that hack/foreign-crds/go.mod pins. Needs Go; run it after changing a version there.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
modules=$root/hack/foreign-crds
export PATH=$root/node_modules/.bin:$PATH GOFLAGS=-mod=readonly

command -v go >/dev/null || { echo "foreign-crds: needs Go on PATH" >&2; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

go -C "$modules" tool controller-gen crd:allowDangerousTypes=true,maxDescLen=0 \
  paths=kubevirt.io/api/clone/v1beta1 \
  paths=kubevirt.io/api/core/v1 \
  paths=kubevirt.io/api/instancetype/v1beta1 \
  paths=kubevirt.io/api/snapshot/v1beta1 \
  paths=kubevirt.io/containerized-data-importer-api/pkg/apis/core/v1beta1 \
  output:crd:dir="$scratch"

snapshotter=$(go -C "$modules" list -m -f '{{.Dir}}' github.com/kubernetes-csi/external-snapshotter/client/v8)
cp "$snapshotter"/config/crd/*snapshot.storage.k8s.io_*.yaml "$scratch"

node "$modules/finish.ts" "$scratch" "$root/e2e/crds"
