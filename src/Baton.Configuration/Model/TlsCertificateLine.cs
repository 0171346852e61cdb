// One place that certificates of a bind line come from.
namespace Baton.Configuration.Model;

/// <param name="File">A PEM file or a directory of them, or the list.</param>
/// <param name="IsList">"crt-list", not "crt".</param>
/// <param name="IsDefault">"default-crt": for clients that name no host that is known, before all others.</param>
public sealed record TlsCertificateLine(TlsFileName File, bool IsList, bool IsDefault);
