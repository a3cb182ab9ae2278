#!/usr/bin/env bash
# A cluster with the real KubeVirt, CDI, snapshot controller and hostpath CSI driver, in containers.
#
#   hack/kind.sh up      makes it (some 10 minutes), says how to run the e2e tests against it
#   hack/kind.sh down    removes it
#
# Needs Docker or Podman, kubectl, git, curl, and kind or Go. Virtual machines are emulated where there is
# no /dev/kvm. It has the storage classes `immediate` and `wffc` of the stand-ins, but one node and one
# driver, hence neither `zonal` nor `other`.
#
#   KIND_NODE_IMAGE   the node's image, which decides the version of Kubernetes (kind's own choice)
#   ENVCLONE_CACHE    where the kubeconfig goes (~/.cache/envclone)
set -euo pipefail

readonly KIND=v0.33.0 KUBEVIRT=v1.9.0 CDI=v1.66.0 SNAPSHOTTER=v8.6.0 HOSTPATH=v1.18.0
readonly NAME=envclone
readonly CACHE=${ENVCLONE_CACHE:-$HOME/.cache/envclone}
export KUBECONFIG=$CACHE/kind.kubeconfig

main() {
  case ${1:-} in
    up) up ;;
    down) down ;;
    *) die "usage: hack/kind.sh up|down" ;;
  esac
}

up() {
  need_tools
  choose_engine
  mkdir -p "$CACHE"
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT

  make_cluster
  install_snapshots
  install_driver
  make_classes
  install_kubevirt
  install_cdi

  say "ready; in this repository:"
  say "  ENVCLONE_E2E_KUBECONFIG=$KUBECONFIG npm test -- --project cluster"
  say "  export KUBECONFIG=$KUBECONFIG   # for kubectl and envclone"
}

down() {
  choose_engine
  kind delete cluster --name "$NAME" --kubeconfig "$KUBECONFIG"
  rm -f "$KUBECONFIG"
}

# ── what it needs ────────────────────────────────────────────────────────────

need_tools() {
  local tool
  for tool in kubectl git curl; do
    command -v "$tool" >/dev/null || die "needs $tool on PATH"
  done
}

choose_engine() {
  if docker info >/dev/null 2>&1; then return; fi
  if podman info >/dev/null 2>&1; then
    export KIND_EXPERIMENTAL_PROVIDER=podman
    return
  fi
  die "needs a Docker or Podman that runs: neither 'docker info' nor 'podman info' succeeds"
}

kind() {
  if [[ $(type -P kind) ]]; then
    command kind "$@"
  elif command -v go >/dev/null; then
    go run "sigs.k8s.io/kind@$KIND" "$@"
  else
    die "needs kind, or Go to build it, on PATH"
  fi
}

# ── the cluster and what runs in it ──────────────────────────────────────────

make_cluster() {
  if kind get clusters 2>/dev/null | grep -qx "$NAME"; then
    say "the cluster is there already"
    kind export kubeconfig --name "$NAME" --kubeconfig "$KUBECONFIG"
    return
  fi
  say "making a cluster"
  kind create cluster --name "$NAME" --kubeconfig "$KUBECONFIG" --wait 5m \
    ${KIND_NODE_IMAGE:+--image "$KIND_NODE_IMAGE"}
}

# The group's feature gate has to be set: before v8.7 it is off by default.
install_snapshots() {
  say "installing the snapshot controller $SNAPSHOTTER"
  checkout external-snapshotter "$SNAPSHOTTER"
  apply -k "$scratch/external-snapshotter/client/config/crd"
  kubectl wait --for condition=Established --timeout 1m crd/volumesnapshot{s,contents,classes}.snapshot.storage.k8s.io \
    crd/volumegroupsnapshot{s,contents,classes}.groupsnapshot.storage.k8s.io >/dev/null
  apply -k "$scratch/external-snapshotter/deploy/kubernetes/snapshot-controller"
  add_argument kube-system deployment/snapshot-controller snapshot-controller
  kubectl -n kube-system rollout status --timeout 5m deployment/snapshot-controller
}

install_driver() {
  say "installing the hostpath CSI driver $HOSTPATH"
  checkout csi-driver-host-path "$HOSTPATH"
  "$scratch/csi-driver-host-path/deploy/kubernetes-latest/deploy.sh" >"$scratch/deploy.log" 2>&1 ||
    die "the driver's deploy.sh failed: $(tail -n 5 "$scratch/deploy.log")"
  add_argument default statefulset/csi-hostpathplugin csi-snapshotter
  kubectl rollout status --timeout 5m statefulset/csi-hostpathplugin
}

make_classes() {
  apply -f - <<'YAML'
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: immediate }
provisioner: hostpath.csi.k8s.io
volumeBindingMode: Immediate
allowVolumeExpansion: true
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: wffc }
provisioner: hostpath.csi.k8s.io
volumeBindingMode: WaitForFirstConsumer
allowVolumeExpansion: true
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata:
  name: hostpath-snap
  annotations: { snapshot.storage.kubernetes.io/is-default-class: "true" }
driver: hostpath.csi.k8s.io
deletionPolicy: Delete
---
apiVersion: groupsnapshot.storage.k8s.io/v1
kind: VolumeGroupSnapshotClass
metadata:
  name: hostpath-group
  annotations: { groupsnapshot.storage.kubernetes.io/is-default-class: "true" }
driver: hostpath.csi.k8s.io
deletionPolicy: Delete
YAML
}

install_kubevirt() {
  local release=https://github.com/kubevirt/kubevirt/releases/download/$KUBEVIRT
  say "installing KubeVirt $KUBEVIRT"
  apply -f "$release/kubevirt-operator.yaml"
  kubectl wait --for condition=Established --timeout 1m crd/kubevirts.kubevirt.io >/dev/null
  apply -f "$release/kubevirt-cr.yaml"
  if [[ ! -e /dev/kvm ]]; then
    say "there is no /dev/kvm: virtual machines will be emulated"
    kubectl -n kubevirt patch kubevirt kubevirt --type merge \
      -p '{"spec":{"configuration":{"developerConfiguration":{"useEmulation":true}}}}' >/dev/null
  fi
  kubectl -n kubevirt wait --for condition=Available --timeout 15m kubevirt/kubevirt
}

install_cdi() {
  local release=https://github.com/kubevirt/containerized-data-importer/releases/download/$CDI
  say "installing CDI $CDI"
  apply -f "$release/cdi-operator.yaml"
  kubectl wait --for condition=Established --timeout 1m crd/cdis.cdi.kubevirt.io >/dev/null
  apply -f "$release/cdi-cr.yaml"
  kubectl wait --for condition=Available --timeout 10m cdi/cdi
}

# ── helpers ──────────────────────────────────────────────────────────────────

checkout() { # checkout REPOSITORY TAG: of kubernetes-csi, into the scratch directory
  git -c advice.detachedHead=false clone --quiet --depth 1 --branch "$2" \
    "https://github.com/kubernetes-csi/$1.git" "$scratch/$1"
}

# Server-side: some of these definitions are too large for kubectl's own annotation.
apply() {
  kubectl apply --server-side --force-conflicts "$@" >/dev/null
}

add_argument() { # add_argument NAMESPACE OBJECT CONTAINER: the gate of group snapshots, once
  local gate=--feature-gates=CSIVolumeGroupSnapshot=true containers index
  containers=$(kubectl -n "$1" get "$2" -o jsonpath='{range .spec.template.spec.containers[*]}{.name} {.args}{"\n"}{end}')
  if grep "^$3 " <<<"$containers" | grep -q -- "$gate"; then return; fi
  index=$(grep -n "^$3 " <<<"$containers" | cut -d: -f1) || true
  [[ $index ]] || die "$2 has no container $3"
  kubectl -n "$1" patch "$2" --type json \
    -p "[{\"op\":\"add\",\"path\":\"/spec/template/spec/containers/$((index - 1))/args/-\",\"value\":\"$gate\"}]" >/dev/null
}

say() { echo "kind.sh: $*"; }

die() {
  echo "kind.sh: $*" >&2
  exit 1
}

main "$@"
