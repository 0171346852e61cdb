// The lines of a proxy that say what is answered for a status: errorfile, errorloc, http-error, errorfiles.
namespace Baton.Configuration.Model;

/// <summary>One errorfile, errorloc, http-error or errorfiles line of a proxy, in the order in which they override each other.</summary>
/// <param name="Reply">The answer for its status; null for "errorfiles".</param>
/// <param name="Section">"errorfiles": the section that is imported.</param>
/// <param name="Statuses">"errorfiles": what of it; empty for all.</param>
public sealed record ErrorLineConfig(SourcePosition Position, HttpReplyConfig? Reply, string Section, int[] Statuses);
