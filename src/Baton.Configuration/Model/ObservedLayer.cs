namespace Baton.Configuration.Model;

/// <summary>"observe": what of the traffic says something about the health of a server.</summary>
public enum ObservedLayer : byte
{
    None,

    /// <summary>Whether connections come about.</summary>
    Layer4,

    /// <summary>And whether answers are right.</summary>
    Layer7,
}
