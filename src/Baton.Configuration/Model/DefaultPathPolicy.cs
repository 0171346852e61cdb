namespace Baton.Configuration.Model;

/// <summary>"default-path": current directory, the file's own, the one above it, or one that is named.</summary>
public enum DefaultPathPolicy : byte
{
    Current,
    Config,
    Parent,
    Origin,
}
