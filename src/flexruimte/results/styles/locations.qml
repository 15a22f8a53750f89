<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.28.0" styleCategories="Symbology|Labeling" labelsEnabled="1">
 <renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0" forceraster="0" referencescale="-1">
  <rules key="{00000000-0000-4000-8000-000000000000}">
   <rule key="{00000000-0000-4000-8000-000000000001}" symbol="0" label="score 80-100" filter='"rank" IS NOT NULL AND "score" &gt;= 80 AND "score" &lt; 101'/>
   <rule key="{00000000-0000-4000-8000-000000000002}" symbol="1" label="score 60-80" filter='"rank" IS NOT NULL AND "score" &gt;= 60 AND "score" &lt; 80'/>
   <rule key="{00000000-0000-4000-8000-000000000003}" symbol="2" label="score 40-60" filter='"rank" IS NOT NULL AND "score" &gt;= 40 AND "score" &lt; 60'/>
   <rule key="{00000000-0000-4000-8000-000000000004}" symbol="3" label="score 20-40" filter='"rank" IS NOT NULL AND "score" &gt;= 20 AND "score" &lt; 40'/>
   <rule key="{00000000-0000-4000-8000-000000000005}" symbol="4" label="score 0-20" filter='"rank" IS NOT NULL AND "score" &gt;= 0 AND "score" &lt; 20'/>
   <rule key="{00000000-0000-4000-8000-000000000006}" symbol="5" label="$without_score" filter='"rank" IS NOT NULL AND "score" IS NULL'/>
   <rule key="{00000000-0000-4000-8000-000000000007}" symbol="6" label="$unknown" filter='"rank" IS NULL'/>
  </rules>
  <symbols>
   <symbol name="0" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="0,68,27,200"/>
      <Option name="style" type="QString" value="solid"/>
      <Option name="outline_color" type="QString" value="64,64,64,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.2"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
      <Option name="joinstyle" type="QString" value="bevel"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="1" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="35,139,69,200"/>
      <Option name="style" type="QString" value="solid"/>
      <Option name="outline_color" type="QString" value="64,64,64,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.2"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
      <Option name="joinstyle" type="QString" value="bevel"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="2" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="102,194,164,200"/>
      <Option name="style" type="QString" value="solid"/>
      <Option name="outline_color" type="QString" value="64,64,64,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.2"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
      <Option name="joinstyle" type="QString" value="bevel"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="3" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="178,226,226,200"/>
      <Option name="style" type="QString" value="solid"/>
      <Option name="outline_color" type="QString" value="64,64,64,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.2"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
      <Option name="joinstyle" type="QString" value="bevel"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="4" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="237,248,251,200"/>
      <Option name="style" type="QString" value="solid"/>
      <Option name="outline_color" type="QString" value="64,64,64,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.2"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
      <Option name="joinstyle" type="QString" value="bevel"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="5" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="255,255,255,200"/>
      <Option name="style" type="QString" value="solid"/>
      <Option name="outline_color" type="QString" value="64,64,64,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.2"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
      <Option name="joinstyle" type="QString" value="bevel"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="6" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="150,150,150,200"/>
      <Option name="style" type="QString" value="no"/>
      <Option name="outline_color" type="QString" value="150,150,150,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.7"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
      <Option name="joinstyle" type="QString" value="bevel"/>
     </Option>
    </layer>
    <layer class="LinePatternFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="angle" type="QString" value="45"/>
      <Option name="distance" type="QString" value="2"/>
      <Option name="distance_unit" type="QString" value="MM"/>
      <Option name="line_width" type="QString" value="0.3"/>
     </Option>
     <symbol name="@hatch" type="line" alpha="1" clip_to_extent="1" force_rhr="0">
      <layer class="SimpleLine" enabled="1" locked="0" pass="0">
       <Option type="Map">
        <Option name="line_color" type="QString" value="150,150,150,255"/>
        <Option name="line_width" type="QString" value="0.3"/>
        <Option name="line_width_unit" type="QString" value="MM"/>
        <Option name="line_style" type="QString" value="solid"/>
       </Option>
      </layer>
     </symbol>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
 <labeling type="simple">
  <settings calloutType="simple">
   <text-style fieldName="rank" isExpression="0" fontFamily="Open Sans" fontSize="9" fontSizeUnit="Point" fontWeight="75" textColor="30,30,30,255" textOpacity="1" namedStyle="Bold" useSubstitutions="0">
    <text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255" bufferOpacity="1"/>
   </text-style>
   <placement placement="1" centroidInside="1" centroidWhole="1" priority="5"/>
   <rendering obstacle="1" drawLabels="1" scaleVisibility="0" displayAll="0"/>
  </settings>
 </labeling>
 <blendMode>0</blendMode>
 <featureBlendMode>0</featureBlendMode>
 <layerGeometryType>2</layerGeometryType>
</qgis>
