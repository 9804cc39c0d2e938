"""The trusted side: it runs the suites, holds the references and decides."""
