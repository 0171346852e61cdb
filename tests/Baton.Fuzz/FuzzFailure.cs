// Thrown by a fuzz target when a parser contradicts the oracle or itself.
using System;

namespace Baton.Fuzz;

public sealed class FuzzFailure(string message) : Exception(message);
