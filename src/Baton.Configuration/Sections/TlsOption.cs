// One word of TLS that several kinds of lines have alike.
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

/// <summary>Reads the option's value, if it takes one, and stores it. Returns what is wrong, or null.</summary>
internal delegate string? TlsOptionParser(TlsOptionsConfig options, TlsGlobalConfig global, string value);

internal sealed record TlsOption(string Name, bool TakesValue, TlsPlaces Places, TlsOptionParser Parse);
