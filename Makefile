# The two commands: `make demo` and `make test`. Each installs what is missing (Scripts/bootstrap) by itself.
# One configuration for all: a release build whose internals tests can see.
SWIFT_FLAGS = -c release -Xswiftc -enable-testing
SWIFT = swift build $(SWIFT_FLAGS)
PREFIX = /usr/local

.PHONY: install deb build demo test lint format bench conformance faults fuzz pictures weights docs bootstrap clean

build:
	@Scripts/bootstrap --build
	@$(SWIFT) --product hilum

# For a machine with Swift's libraries or without; `make deb` is for Debian.
install: build
	@Scripts/bootstrap --package
	@Scripts/install-tree $(PREFIX) $(DESTDIR)

deb:
	@Scripts/deb

demo: bootstrap build
	@Scripts/demo

# The pictures of docs/PICTURES.md, one of every kind of answer.
pictures: bootstrap build
	@.venv/bin/python Scripts/pictures/make_pictures.py --sheet docs/images/pictures.png

test: bootstrap
	@$(SWIFT) --build-tests
	@$(SWIFT) --product hilum
# The network's tests have clocks of their own, and an HTTP server's need a thread: they run apart from those that keep every
# thread busy.
	@swift test $(SWIFT_FLAGS) --skip-build --disable-xctest --filter 'DIMSETests|OperationsServerTests'
	@swift test $(SWIFT_FLAGS) --skip-build --disable-xctest --skip 'DIMSETests|OperationsServerTests|EndToEndTests'
# So do those that wait for whole processes, on whose threads nothing else could run meanwhile.
	@swift test $(SWIFT_FLAGS) --skip-build --disable-xctest --filter EndToEndTests

lint:
	@swift format lint --strict --recursive --parallel Package.swift Sources Tests
	@swift test $(SWIFT_FLAGS) --skip-build --disable-xctest --filter TidyTests

format:
	@swift format --in-place --recursive --parallel Package.swift Sources Tests

conformance: test build
	@Conformance/run

# Two hundred faults against the built program (docs/RELIABILITY.md); half an hour.
faults: bootstrap build
	@.venv/bin/python Conformance/faults/run.py .build/release/hilum

# Ten minutes each for the readers of bytes from outside (docs/RELIABILITY.md).
fuzz: test
	@Conformance/fuzz/run

bench: build
	@Scripts/bootstrap --bench
	@Conformance/bench/run

# DATA: a folder with cxr/ and lungs/; see Scripts/weights.
weights: build
	@Scripts/weights $(DATA)

# Pages about the libraries that others can take alone, in .build/docs.
docs: build
	@Scripts/docs

bootstrap:
	@Scripts/bootstrap

clean:
	@swift package clean
