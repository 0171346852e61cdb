namespace Baton.Configuration.Model;

/// <summary>"option forwardfor" and "option originalto": header name, the excepted network, and if-none.</summary>
public sealed record ForwardForConfig(string HeaderName, byte[] ExceptNetwork, int ExceptPrefix, bool IfNone);
