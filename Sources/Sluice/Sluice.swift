// The library: everything that an engineer needs from one import. No code lives here.
@_exported public import Allocation
@_exported public import Benchmarking
@_exported public import ChannelTypes
@_exported public import Churn
@_exported public import Demand
@_exported public import LinearAlgebra
@_exported public import ModelTasks
@_exported public import Optimization
@_exported public import Partners
@_exported public import Planning
@_exported public import Probability
@_exported public import Regression
@_exported public import Reports
@_exported public import SampleNetwork
@_exported public import Specifications
@_exported public import Tables
@_exported public import TimeSeries
