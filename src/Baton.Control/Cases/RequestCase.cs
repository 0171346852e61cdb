// One case of "baton test": a request, and what is to become of it.
using System.Collections.Generic;

namespace Baton.Control.Cases;

/// <param name="Name">What it is called in reports.</param>
/// <param name="Position">FILE:LINE.</param>
/// <param name="Arguments">What "baton explain" is called with, but for the configuration.</param>
public sealed record RequestCase(string Name, string Position, List<string> Arguments);
