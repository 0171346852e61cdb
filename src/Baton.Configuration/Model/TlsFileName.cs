// A file that TLS needs.
namespace Baton.Configuration.Model;

/// <param name="Name">As it is shown: the word of the configuration behind crt-base or ca-base.</param>
/// <param name="FullPath">Where it is: the word may be relative to a directory that is left once the configuration is read.</param>
public sealed record TlsFileName(string Name, string FullPath);
